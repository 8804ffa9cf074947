// shadow.js: draws an empty leaderboard into an element's shadow root, on other sites. The HTML is that of
// _leaderboard.html; a test compares the two.

import { setTexts, t } from "../messages.js"
import { heading } from "../formatting.js"
import { BoardApi } from "./board-api.js"
import { element } from "./row.js"

const FAILED = "This board can't be shown right now." // always English: the translations may be what failed to load
const SHEETS = ["tokens", "leaderboard", "row-parts"]
const VIEWS = { top: "board.top", around: "board.around", favourites: "board.favourites" }
const PAGE_LINKS = { first: "board.first", previous: "board.back", next: "board.next", last: "board.last" }

// Returns the shadow root. Throws a Refusal if the server has no such board.
export async function draw(host, where) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" })
  const sheets = SHEETS.map((name) => sheet(new URL(`../../css/${name}.css`, import.meta.url)))
  const loading = slot("loading", made("p", { class: "nothing" }, "…"))
  root.replaceChildren(...sheets.map(({ link }) => link), loading)
  try {
    const api = new BoardApi(where)
    const [board, messages] = await Promise.all([api.board(), api.texts(languageOf(host)), ...sheets.map(({ ready }) => ready)])
    setTexts(messages.language, messages.texts)
    loading.replaceWith(slot("header"), frame(host, where, board, messages.avatars), slot("footer"))
  } catch (error) {
    const text = error.status === 404 ? missing(where) : FAILED
    loading.replaceWith(slot("error", made("p", { class: "nothing" }, text)))
    throw error
  }
  return root
}

// A mistake in the page, which does not pass: in English, for its author.
function missing({ board }) {
  return `There is no public board called "${board}" on this server.`
}

// The language of the web page around the element, or the viewer's.
function languageOf(host) {
  return host.closest("[lang]")?.lang || navigator.language
}

// `ready` resolves when the style sheet is loaded or can't be loaded. The board is drawn after it, so that nothing jumps.
function sheet(url) {
  const link = made("link", { rel: "stylesheet", href: url.href })
  const ready = new Promise((resolve) => (link.onload = link.onerror = resolve))
  return { link, ready }
}

function frame(host, { base, region, period }, board, avatars = "") {
  const table = rows(board)
  const label = host.getAttribute("label") ?? board.title
  table.setAttribute("aria-label", label || t("board.standings"))
  const lb = made(
    "div",
    { class: "lb", part: "container" },
    bar(),
    made("div", { class: "waiting" }, made("button", { class: "pill", type: "button", part: "pill", hidden: "" })),
    made("section", { class: "empty", hidden: "" }, slot("empty", t("board.empty"))),
    made("p", { class: "nothing", hidden: "" }),
    table,
    pager(),
    made("p", { class: "unseen", role: "status", part: "status" }),
  )
  const { ties, size, decimals, unit, order } = board
  const further = period && period !== board.period ? `@${period.includes(" ") ? "cron" : period}` : ""
  const scope = `${board.id}${region ? `:${region}` : ""}${further}`
  Object.assign(lb.dataset, { scope, since: "", ties, period: "", total: 0, size, page: 0, decimals, unit, order })
  Object.assign(lb.dataset, { show: JSON.stringify(board.show), titles: JSON.stringify(titlesOf(board)) })
  Object.assign(lb.dataset, { profiles: `${base}p/~`, target: "_blank" })
  if (avatars) lb.dataset.avatars = new URL(base).origin + avatars // a path of the board's host
  return lb
}

function bar() {
  const view = (name, ...before) =>
    made("button", { type: "button", "data-view": name, "aria-pressed": name === "top" }, ...before, t(VIEWS[name]))
  const star = made("span", { "aria-hidden": "true" }, "★ ")
  const views = { class: "views", role: "group", "aria-label": t("board.views"), part: "tabs" }
  const input = { type: "search", placeholder: t("board.search"), autocomplete: "off", spellcheck: "false", maxlength: 64 }
  return made(
    "div",
    { class: "bar", part: "toolbar" },
    made("div", views, view("top"), view("around"), view("favourites", star)),
    made("label", { class: "search", part: "search" }, made("span", { class: "unseen" }, t("board.searchFor")), made("input", input)),
    made(
      "button",
      { class: "pause", type: "button", "aria-pressed": "false", part: "pause" },
      made("span", { class: "icon", "aria-hidden": "true" }),
      made("span", {}, t("board.pause")),
    ),
    made("button", { class: "dense", type: "button", "aria-pressed": "false", title: t("board.compact"), "aria-label": t("board.compact"), part: "dense" }),
    made(
      "p",
      { class: "badge", "data-state": "connecting", part: "badge" },
      made("span", { class: "dot", "aria-hidden": "true" }),
      made("span", { class: "text" }, t("connection.connecting")),
    ),
  )
}

function rows({ columns, unit }) {
  const names = columns.map(({ name }) => name)
  const titles = titlesOf({ columns })
  const shown = unit && unit !== "s" ? made("span", { class: "unit" }, ` ${unit}`) : ""
  const head = made(
    "tr",
    { role: "row", part: "head" },
    heads("rank", sign("#", t("board.rank"))),
    heads("player", t("board.player")),
    heads("gap", t("board.gap")),
    ...names.map((name) => heads("column", titles[name] ?? heading(name))),
    heads("move", sign("±", t("board.change"))),
    heads("trend", t("board.trend")),
    heads("score", unit === "s" ? t("board.time") : t("board.score"), shown),
    heads("star", made("span", { class: "unseen" }, t("board.favourite"))),
  )
  return made(
    "table",
    { class: "rows", role: "table", part: "table", "data-columns": names.length, "data-names": names.join(" "), hidden: "" },
    made("thead", { role: "rowgroup" }, head),
    made("tbody", { role: "rowgroup" }),
  )
}

// The titles of those columns that have one.
function titlesOf({ columns }) {
  return Object.fromEntries(columns.filter(({ title }) => title).map(({ name, title }) => [name, title]))
}

function heads(name, ...content) {
  return made("th", { class: name, role: "columnheader", scope: "col" }, ...content)
}

function sign(mark, words) {
  return made("span", { title: words }, made("span", { "aria-hidden": "true" }, mark), made("span", { class: "unseen" }, words))
}

function pager() {
  const links = Object.entries(PAGE_LINKS).map(([where, key]) => made("a", { href: "#", "data-turn": where }, t(key)))
  return made(
    "nav",
    { class: "pager", "aria-label": t("board.pages"), part: "pager", hidden: "" },
    made("span", { class: "where" }),
    made("span", { class: "turns" }, ...links),
  )
}

function slot(name, ...content) {
  return made("slot", { name }, ...content)
}

function made(name, attributes, ...content) {
  const node = element(name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  node.append(...content)
  return node
}
