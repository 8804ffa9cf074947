// watch.js: the rows that a leaderboard shows, and the updates that wait. No DOM.
//
// Frames update the live board. A choice shows a page of it, the rows that `pick` selects, a polled `list`
// (polled-list.js), or both: first the rows that are streamed, then the others of the list. Events: "rows" (they
// changed; `detail` is "asked" if the viewer asked for them), "chosen" (other rows are shown), "waiting", "status".

import { apply } from "../../../sdk/stream/board-state.js"
import { UpdateHold } from "./update-hold.js"
import { rowsOf } from "./rows.js"
import { joined } from "./search.js"

export class Watch extends EventTarget {
  hold = new UpdateHold()
  #feed
  #board
  #rows
  #choice
  #own = null

  // `board` is already shown. Without a feed it never changes.
  constructor({ feed, board, choice }) {
    super()
    this.#feed = feed
    this.#board = board
    this.#rows = rowsOf(board)
    this.#choice = { view: "top", page: 0, limit: 100, pick: null, list: null, ...choice }
    feed?.addEventListener("frame", ({ detail }) => this.#frame(detail))
    feed?.addEventListener("status", () => this.#tell("status"))
  }

  get board() {
    return this.#board
  }

  // All streamed rows.
  get rows() {
    return this.#rows
  }

  get choice() {
    return this.#choice
  }

  // The feed's status; null without a feed.
  get status() {
    return this.#feed?.status ?? null
  }

  get shown() {
    const { page, limit, pick, list } = this.#choice
    const rows = pick?.(this.#rows) ?? []
    if (list) return { ...list.shown, rows: joined(rows, list.shown.rows) }
    return { rows: pick ? rows : this.#rows.slice(page * limit, (page + 1) * limit), total: this.#board.total }
  }

  // A player's row, null if it is not known here.
  row(player) {
    const known = (row) => row.id === player
    return this.#rows.find(known) ?? this.#own?.shown.rows.find(known) ?? null
  }

  start() {
    for (const source of this.#sources) source.start()
  }

  stop() {
    for (const source of this.#sources) source.stop()
  }

  // After a sleep, or when the network is back: don't wait for a timer that slept too. The feed does this
  // automatically.
  check() {
    for (const list of this.#lists) list.check()
  }

  refresh() {
    this.#feed?.resync()
    this.check()
  }

  choose(choice) {
    const { list } = choice
    this.#choice.list?.stop()
    this.#choice = { ...this.#choice, ...choice }
    list?.addEventListener("news", () => this.#listed(list))
    list?.start()
    if (!list || this.shown.rows.length) this.#chosen()
  }

  // Draw the shown rows again.
  again() {
    this.#tell("chosen")
  }

  // Poll the own row, if it is too far down to be streamed; null to stop.
  follow(own) {
    this.#own?.stop()
    this.#own = own
    own?.addEventListener("news", () => this.news())
    own?.start()
  }

  release(reason) {
    this.#tell(this.hold.release(reason) ? "rows" : "waiting")
  }

  // Show waiting updates, whatever the reasons to hold.
  catchUp() {
    if (this.hold.caughtUp()) this.#tell("rows", "asked")
  }

  get #lists() {
    return [this.#choice.list, this.#own].filter(Boolean)
  }

  get #sources() {
    return [this.#feed, ...this.#lists].filter(Boolean)
  }

  #frame(frame) {
    const next = apply(this.#board, frame)
    if (next.lost) return this.#feed.resync()
    if (next === this.#board) return
    const before = this.#board
    this.#board = next
    if (next.s === null || looksLike(before, next)) return
    this.#rows = rowsOf(next)
    if (before.s === null && !this.hold.held) this.#chosen()
    else this.news()
  }

  #listed(list) {
    if (list !== this.#choice.list) return
    if (list.first) this.#chosen()
    else this.news()
  }

  // Show what changed, or count it while something holds updates.
  news() {
    this.#tell(this.hold.news() ? "rows" : "waiting")
  }

  // A choice is shown at once, whatever the reasons to hold.
  #chosen() {
    this.hold.caughtUp()
    this.#tell("chosen")
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }))
  }
}

// After opening and after every interruption the same rows are often sent again.
function looksLike(one, other) {
  const look = ({ period, total, columns, lines }) => JSON.stringify([period, total, columns, lines])
  return look(one) === look(other)
}
