// shadow.js: draws an empty leaderboard into an element's shadow root, on pages of other sites: what
// _leaderboard.html writes into our own. A test holds the two against each other.

import { heading } from "../words.js"
import { Reads } from "./reads.js"
import { element } from "./row.js"

const TEXTS = {
  views: "Rows",
  top: "Top",
  around: "Around me",
  favourites: "Favourites",
  search: "Search",
  searchFor: "Search a player",
  pause: "Pause",
  connecting: "Connecting…",
  empty: "Nobody has scored yet.",
  failed: "This board can't be shown right now.",
  loading: "Loading…",
  standings: "Standings",
  rank: "Rank",
  player: "Player",
  score: "Score",
  time: "Time",
  change: "Places won and lost since this page was opened",
  trend: "Trend",
  favourite: "Favourite",
  pages: "Pages",
  turns: { first: "First", previous: "Previous", next: "Next", last: "Last" },
}
const SHEETS = ["tokens", "leaderboard"]

// Returns the shadow root. Throws a Problem where the server has no such board.
export async function draw(host, where) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" })
  const sheets = SHEETS.map((name) => sheet(new URL(`../../css/${name}.css`, import.meta.url)))
  const loading = slot("loading", made("p", { class: "nothing" }, TEXTS.loading))
  root.replaceChildren(...sheets.map(({ link }) => link), loading)
  try {
    const [board] = await Promise.all([new Reads(where).board(), ...sheets.map(({ ready }) => ready)])
    loading.replaceWith(slot("header"), frame(host, where, board), slot("footer"))
  } catch (problem) {
    loading.replaceWith(slot("error", made("p", { class: "nothing" }, TEXTS.failed)))
    throw problem
  }
  return root
}

// Nothing is drawn before the style is there, or it would jump; without it, it is drawn all the same.
function sheet(url) {
  const link = made("link", { rel: "stylesheet", href: url.href })
  const ready = new Promise((resolve) => (link.onload = link.onerror = resolve))
  return { link, ready }
}

function frame(host, { region, period }, board) {
  const table = rows(board)
  const label = host.getAttribute("label") ?? board.title
  table.setAttribute("aria-label", label || TEXTS.standings)
  const lb = made(
    "div",
    { class: "lb", part: "container" },
    bar(),
    made("div", { class: "waiting" }, made("button", { class: "pill", type: "button", part: "pill", hidden: "" })),
    made("section", { class: "empty", hidden: "" }, slot("empty", TEXTS.empty)),
    made("p", { class: "nothing", hidden: "" }),
    table,
    pager(),
    made("p", { class: "unseen", role: "status", part: "status" }),
  )
  const { ties, size, decimals, unit } = board
  const further = period && period !== board.period ? `@${period.includes(" ") ? "cron" : period}` : ""
  const scope = `${board.id}${region ? `:${region}` : ""}${further}`
  Object.assign(lb.dataset, { scope, since: "", ties, period: "", total: 0, size, page: 0, decimals, unit })
  return lb
}

function bar() {
  const view = (name, ...before) =>
    made("button", { type: "button", "data-view": name, "aria-pressed": name === "top" }, ...before, TEXTS[name])
  const star = made("span", { "aria-hidden": "true" }, "★ ")
  const views = { class: "views", role: "group", "aria-label": TEXTS.views, part: "tabs" }
  const input = { type: "search", placeholder: TEXTS.search, autocomplete: "off", spellcheck: "false", maxlength: 64 }
  return made(
    "div",
    { class: "bar", part: "toolbar" },
    made("div", views, view("top"), view("around"), view("favourites", star)),
    made("label", { class: "search", part: "search" }, made("span", { class: "unseen" }, TEXTS.searchFor), made("input", input)),
    made(
      "button",
      { class: "pause", type: "button", "aria-pressed": "false", part: "pause" },
      made("span", { class: "icon", "aria-hidden": "true" }),
      made("span", {}, TEXTS.pause),
    ),
    made(
      "p",
      { class: "badge", "data-state": "connecting", part: "badge" },
      made("span", { class: "dot", "aria-hidden": "true" }),
      made("span", { class: "text" }, TEXTS.connecting),
    ),
  )
}

function rows({ columns, unit }) {
  const names = columns.map(({ name }) => name)
  const shown = unit && unit !== "s" ? made("span", { class: "unit" }, ` ${unit}`) : ""
  const head = made(
    "tr",
    { role: "row", part: "head" },
    heads("rank", sign("#", TEXTS.rank)),
    heads("player", TEXTS.player),
    ...names.map((name) => heads("column", heading(name))),
    heads("move", sign("±", TEXTS.change)),
    heads("trend", TEXTS.trend),
    heads("score", unit === "s" ? TEXTS.time : TEXTS.score, shown),
    heads("star", made("span", { class: "unseen" }, TEXTS.favourite)),
  )
  return made(
    "table",
    { class: "rows", role: "table", part: "table", "data-columns": names.length, "data-names": names.join(" "), hidden: "" },
    made("thead", { role: "rowgroup" }, head),
    made("tbody", { role: "rowgroup" }),
  )
}

function heads(name, ...content) {
  return made("th", { class: name, role: "columnheader", scope: "col" }, ...content)
}

function sign(mark, words) {
  return made("span", { title: words }, made("span", { "aria-hidden": "true" }, mark), made("span", { class: "unseen" }, words))
}

function pager() {
  const turns = Object.entries(TEXTS.turns).map(([where, label]) => made("a", { href: "#", "data-turn": where }, label))
  return made(
    "nav",
    { class: "pager", "aria-label": TEXTS.pages, part: "pager", hidden: "" },
    made("span", { class: "where" }),
    made("span", { class: "turns" }, ...turns),
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
