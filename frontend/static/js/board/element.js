// element.js: <live-leaderboard>. On our pages it takes over the rows of the first HTML in place; on other sites it
// draws its own in a shadow root. docs/pages.md describes it.

import { boardIn } from "./first-html.js"
import { openFeed } from "./live.js"
import { Panel } from "./panel.js"
import { Watch } from "./watch.js"

const OPENING = ["board", "period", "region", "src"] // a change of these shows another board
const SETTING = ["animate", "compact", "hide", "limit", "me", "players", "radius", "view"]
const ANNOUNCE_SECONDS = 10
const FAVOURITES = "scoreboard.favourites"
const COMPACT = "scoreboard.compact"
const AGAIN_MS = 10_000
const PASSING = [0, 429, 500, 502, 503, 504] // 0: no answer arrived

export class LiveLeaderboard extends HTMLElement {
  static base = "" // the server's address with a slash at its end, if there is no attribute `src`
  static observedAttributes = [...OPENING, ...SETTING, "paused"]
  #panel = null
  #watch = null
  #opened = 0

  connectedCallback() {
    this.#open()
  }

  disconnectedCallback() {
    this.#close()
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.#opened) return
    if (OPENING.includes(name)) return this.#reopen()
    if (name === "paused") return this.#panel?.pause(this.hasAttribute("paused"))
    this.#hide()
    this.#panel?.set(this.#settings())
  }

  // connecting, live, delayed, stale, reconnecting, offline, ended, paused; static if nothing streams.
  get state() {
    return this.#panel?.state ?? "connecting"
  }

  get page() {
    return this.#watch?.choice.page ?? 0
  }

  set page(page) {
    this.#panel?.turn(page)
  }

  get pages() {
    const { total = 0 } = this.#watch?.shown ?? {}
    return Math.max(1, Math.ceil(total / this.#settings().limit))
  }

  pause() {
    this.setAttribute("paused", "")
  }

  resume() {
    this.removeAttribute("paused")
  }

  // Load everything again.
  refresh() {
    this.#watch?.refresh()
  }

  // Show the own row: scroll to it if it is on this page; otherwise show the rows around it.
  scrollToMe() {
    this.#panel?.scrollToMe()
  }

  toJSON() {
    const { rows, total } = this.#watch?.shown ?? { rows: [], total: 0 }
    const list = rows.map(({ id, n, s, c, rank }) => ({ id, name: n, score: s, columns: c, rank }))
    return { board: this.getAttribute("board"), state: this.state, total, rows: list }
  }

  async #open() {
    const opened = (this.#opened += 1)
    try {
      const where = this.#where()
      const root = this.querySelector(".lb") ? this : await (await import("./shadow.js")).draw(this, where)
      const template = this.querySelector('template[slot="row"]')
      const custom = template && (await import("./custom-row.js")).filler(template)
      if (opened === this.#opened && this.isConnected) this.#begin({ root, where, custom })
    } catch (problem) {
      this.#tell("lb-error", problem)
      if (PASSING.includes(problem.status)) setTimeout(() => opened === this.#opened && this.#open(), AGAIN_MS)
    }
  }

  // Throws if `src` is not a valid address.
  #where() {
    const base = new URL(this.getAttribute("src") || LiveLeaderboard.base, document.baseURI).href.replace(/\/*$/, "/")
    const [board, period, region] = ["board", "period", "region"].map((name) => this.getAttribute(name) ?? "")
    return { base, board, period, region }
  }

  #begin(given) {
    const { root, where } = given
    const { scope, since, size, page, decimals, unit } = root.querySelector(".lb").dataset
    if (root === this && !this.#words("hide").includes("dense") && keptIn(COMPACT)) this.setAttribute("compact", "")
    const settings = this.#settings()
    const format = { decimals: Number(decimals), unit }
    if (root === this) writeForViewer(root, format)
    this.#watch = new Watch({
      feed: scope === undefined ? null : openFeed(where.base, { scope, since, always: this.hasAttribute("always") }),
      board: boardIn(root),
      choice: { limit: settings.limit },
    })
    this.#hide(root)
    this.#panel = new Panel(
      {
        ...given,
        watch: this.#watch,
        size: Number(size),
        format,
        announceMs: (Number(this.getAttribute("announce") ?? ANNOUNCE_SECONDS) || 0) * 1000,
        speak: (text) => (root.querySelector("[role=status]").textContent = text),
        tell: (type, detail) => this.#tell(type, detail),
        pause: (paused) => this.toggleAttribute("paused", paused),
        toggleCompact: () => keep(COMPACT, this.toggleAttribute("compact")),
      },
      settings,
    )
    if (this.hasAttribute("paused")) this.#panel.pause(true)
    this.#start(this.#watch, Number(page))
    this.#tell("lb-ready", {})
  }

  // A later page keeps its rows until it is loaded: the stream would show the first page in the meantime.
  #start(watch, page) {
    if (!page) return watch.start()
    watch.addEventListener("chosen", () => watch.start(), { once: true })
    this.#panel.turn(page)
  }

  #close() {
    this.#opened += 1
    this.#panel?.close()
    this.#panel = this.#watch = null
  }

  #reopen() {
    this.#close()
    this.querySelector(".lb")?.remove() // the rows of the first HTML belong to the old board
    this.#open()
  }

  // The style sheet hides the parts that these classes name.
  #hide(root = this.querySelector(".lb") ? this : this.shadowRoot) {
    const compact = this.hasAttribute("compact")
    root?.querySelector(".dense")?.setAttribute("aria-pressed", compact)
    const names = ["lb", ...(compact ? ["compact"] : []), ...this.#words("hide").map((word) => `no-${word}`)]
    root?.querySelector(".lb")?.setAttribute("class", names.join(" "))
  }

  #settings() {
    const number = (name, otherwise) => Math.max(1, Math.floor(this.getAttribute(name)) || otherwise)
    const view = this.getAttribute("view") || "top"
    const me = this.getAttribute("me") ?? ""
    return {
      view,
      me,
      players: this.#words("players"),
      limit: number("limit", 10),
      radius: number("radius", 5),
      podium: !this.#words("hide").includes("podium") && !this.hasAttribute("compact"),
      still: this.getAttribute("animate") === "off",
      busy: view !== "top" || me !== "" || this.hasAttribute("compact") || keptIn(FAVOURITES),
    }
  }

  #words(name) {
    return (this.getAttribute(name) ?? "").split(/[\s,]+/).filter(Boolean)
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }))
  }
}

// Loading this twice, as by two script tags, defines one element.
export function define(base) {
  if (customElements.get("live-leaderboard")) return
  LiveLeaderboard.base = base
  customElements.define("live-leaderboard", LiveLeaderboard)
}

// The first HTML has numbers as the page's language writes them.
async function writeForViewer(root, format) {
  const sample = (tags) => (12345678.9).toLocaleString(tags, { numberingSystem: "latn" })
  if (sample(navigator.languages) === sample(document.documentElement.lang)) return
  const { writeNumbers } = await import("./viewer-numbers.js")
  writeNumbers(root, format)
}

function keptIn(key) {
  try {
    return localStorage.getItem(key) !== null
  } catch {
    return false // as in some private windows
  }
}

function keep(key, on) {
  try {
    if (on) localStorage.setItem(key, "on")
    else localStorage.removeItem(key)
  } catch {
    // It lasts until the page is closed.
  }
}
