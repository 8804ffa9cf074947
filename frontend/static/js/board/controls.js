// controls.js: the controls of a leaderboard: views, search, pages, pause, favourites, and rows that stay in place
// while somebody reads them. Loaded when a pointer or the focus comes near.

import { t } from "../messages.js"
import { found } from "./compare.js"
import { PolledList } from "./polled-list.js"
import { isStreamed, pageCount, pageFor, rowRange } from "./paging.js"
import { BoardApi } from "./board-api.js"
import { holdWhileReading, walkWithArrows } from "./reading-guard.js"
import { closeMenus } from "./menus.js"
import { Favourites } from "./favourites.js"

const TYPING_MS = 150 // after the last key, until the server is asked
const COMPACT = "scoreboard.compact" // element.js reads it
const NOTHING = {
  around: "board.nothingAround",
  favourites: "board.nothingFavourites",
  players: "board.nothingPlayers",
  search: "board.nothingSearch",
}

export class Controls {
  #given
  #settings
  #api
  #view = "top"
  #words = ""
  #favourites = new Favourites()
  #table
  #updateTabStop
  #left = []

  // `given` are the panel's parts.
  constructor(given, settings) {
    this.#given = given
    this.#settings = settings
    this.#api = new BoardApi(given.where)
    this.#table = given.root.querySelector(".rows")
    this.#updateTabStop = walkWithArrows(this.#table)
    this.#listen()
    this.show()
  }

  fill(row, now) {
    const star = row.querySelector(".star button")
    const starred = this.#favourites.ids.has(now.id)
    if (!star || star.getAttribute("aria-pressed") === String(starred)) return
    star.setAttribute("aria-pressed", starred)
    star.textContent = starred ? "★" : "☆"
  }

  set(settings) {
    const view = settings.view === this.#settings.view ? this.#view : settings.view
    this.#settings = settings
    this.choose(view)
  }

  // A view: top, around, players or favourites; and one of its pages.
  choose(view, page = 0) {
    this.#view = view
    this.#words = ""
    const search = this.#find(".search input")
    if (search) search.value = ""
    this.#given.watch.choose({ view, list: this.#listed(page), pick: null, page, limit: this.#settings.limit })
    this.#followMe()
  }

  // The player's own row, if it is too far down to be streamed.
  #followMe() {
    const { me } = this.#settings
    const far = me && !this.#given.watch.rows.some(({ id }) => id === me)
    this.#given.watch.follow(far ? this.#polled(() => this.#api.entry(me)) : null)
  }

  // Search for the typed words among the streamed rows, and then among all players.
  input(event, { value }) {
    const words = value.trim()
    if (!words) return this.choose(this.#view)
    this.#words = words
    const list = this.#polled(async () => {
      if (!list.known) await new Promise((resolve) => setTimeout(resolve, TYPING_MS))
      return words === this.#words ? this.#api.search(words) : list.shown
    })
    this.#given.watch.choose({ view: "search", pick: (rows) => found(rows, words), list, page: 0 })
  }

  click(event, target) {
    const near = (selector) => target.closest(selector)
    const { hold } = this.#given.watch
    if (near("[data-view]")) this.choose(near("[data-view]").dataset.view)
    else if (near("[data-turn]")) this.#turn(event, near("[data-turn]").dataset.turn)
    else if (near(".pause")) this.#given.pause(!hold.paused)
    else if (near(".dense")) keepCompact(this.#given.toggleCompact())
    else if (near(".pill")) this.#catchUp(near(".pill"))
    else if (near(".star button")) this.#favourites.toggle(near("tr").dataset.player)
    else if (near("tr.own") && getSelection().isCollapsed) this.scrollToMe()
  }

  show() {
    const view = this.#words ? "search" : this.#view
    const { hold, shown } = this.#given.watch
    for (const button of this.#given.root.querySelectorAll("[data-view]")) {
      button.setAttribute("aria-pressed", String(button.dataset.view === view))
    }
    this.#showPause(hold)
    const nothing = this.#find(".nothing")
    nothing.hidden = view === "top" || shown.rows.length > 0
    nothing.textContent = nothing.hidden ? "" : t(NOTHING[view])
    this.#showPages(view, shown.total)
    this.#updateTabStop()
  }

  close() {
    for (const leave of this.#left) leave()
    this.#given.watch.follow(null)
  }

  // The polled list of a view; null for streamed rows.
  #listed(page) {
    const { limit, me, players, radius } = this.#settings
    const { watch, size } = this.#given
    const view = this.#view
    if (view === "around") return me ? this.#polled(() => this.#api.around(me, radius)) : emptyList()
    if (view === "players") return this.#polled(() => this.#api.players(players))
    if (view === "favourites") return this.#favouriteList([...this.#favourites.ids])
    if (isStreamed(page, limit, size)) return null
    return this.#polled(() => this.#api.page({ offset: page * limit, limit }))
  }

  #favouriteList(ids) {
    return ids.length ? this.#polled(() => this.#api.players(ids)) : emptyList()
  }

  #polled(ask) {
    const list = new PolledList(ask)
    list.addEventListener("problem", ({ detail }) => this.#given.tell("lb-error", detail))
    return list
  }

  #listen() {
    const again = () => (this.#view === "favourites" ? this.choose("favourites") : this.#given.watch.again())
    this.#on(this.#favourites, "change", again)
    this.#on(window, "storage", again)
    this.#on(this.#given.watch, "waiting", () => this.show())
    const { watch, root } = this.#given
    this.#left.push(closeMenus(root.querySelector(".bar")))
    this.#left.push(holdWhileReading(this.#table, { hold: (why) => watch.hold.hold(why), release: (why) => watch.release(why) }))
  }

  #on(target, type, run) {
    target.addEventListener(type, run)
    this.#left.push(() => target.removeEventListener(type, run))
  }

  // Scroll to the own row if it is on this page; otherwise show the rows around it.
  scrollToMe() {
    const row = this.#table.querySelector(".own")
    if (!row || row.matches(".apart")) return this.choose("around")
    const beside = row.previousElementSibling ?? row // the own row is sticky, its neighbour is not
    beside.scrollIntoView({ block: "center" })
  }

  // The button is hidden then, so the focus goes on to the rows, or to the next button where rows have none.
  #catchUp(pill) {
    for (const next of [this.#find('.star [tabindex="0"]'), this.#find(".pause")]) if (pill.matches(":focus")) next?.focus()
    this.#given.watch.catchUp()
  }

  #turn(event, where) {
    if (!event.defaultPrevented) return // opened in a new tab
    const { page, limit } = this.#given.watch.choice
    this.choose("top", pageFor(page, where, pageCount(this.#given.watch.shown.total, limit)))
  }

  #showPause(hold) {
    const pause = this.#find(".pause")
    pause?.setAttribute("aria-pressed", String(hold.paused))
    if (pause) pause.lastElementChild.textContent = t(hold.paused ? "board.resume" : "board.pause")
    const pill = this.#find(".pill")
    pill.hidden = hold.waiting === 0
    pill.textContent = hold.waiting ? t("board.waiting", { n: hold.waiting }) : ""
  }

  #showPages(view, total) {
    const { page, limit } = this.#given.watch.choice
    const pager = this.#find(".pager")
    const count = pageCount(total, limit)
    pager.hidden = view !== "top" || count < 2
    const { first, last } = rowRange(page, limit, total)
    this.#find(".where").textContent = t("board.page", { first, last, total })
    for (const link of pager.querySelectorAll("[data-turn]")) {
      if (pageFor(page, link.dataset.turn, count) === page) link.setAttribute("aria-disabled", "true")
      else link.removeAttribute("aria-disabled")
    }
  }

  #find(selector) {
    return this.#given.root.querySelector(selector)
  }
}

function keepCompact(on) {
  try {
    if (on) localStorage.setItem(COMPACT, "on")
    else localStorage.removeItem(COMPACT)
  } catch {
    // It lasts until the page is closed.
  }
}

// A list without rows.
function emptyList() {
  return new PolledList(() => ({ rows: [], total: 0 }))
}
