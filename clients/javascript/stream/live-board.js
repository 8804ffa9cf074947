// live-board.js: the current state of a board, kept up to date by the stream, and the viewer's own rank.

import { apply, emptyBoard, ranks } from "./board-state.js"
import { PageFeed } from "./page-feed.js"

// Dispatches "change" (the lines, `me` or `viewers` changed), "status" (the connection's status changed), and "tell" (the
// server sent the player a private message; `detail` is { kind, at, data }).
export class LiveBoard extends EventTarget {
  me = null // the viewer's own { rank, score, tot, ver }, if the stream was opened with a ticket
  viewers = null // the number of viewers, null until the server sent it
  #feed
  #board

  // `shown` is the board that the web page was delivered with, as of the cursor `since`.
  constructor(base, { scope, shown = emptyBoard(scope), ...options }) {
    super()
    this.#board = shown
    this.#feed = new PageFeed(base, { scope, ...options })
    this.#feed.addEventListener("frame", ({ detail }) => this.#onFrame(detail))
    this.#feed.addEventListener("status", () => this.dispatchEvent(new Event("status")))
  }

  get board() {
    return this.#board
  }

  // The rows of the board: { rank, id, name, score, columns, shown }.
  get entries() {
    const rank = ranks(this.#board)
    const columns = ({ c }) => Object.fromEntries(this.#board.columns.map((name, index) => [name, c[index]]))
    return this.#board.lines.map((line, index) => ({
      rank: rank[index],
      id: line.id,
      name: line.n,
      score: line.s,
      columns: columns(line),
      shown: line.m ?? {},
    }))
  }

  get status() {
    return this.#feed.status
  }

  start() {
    this.#feed.start()
  }

  stop() {
    this.#feed.stop()
  }

  #onFrame(frame) {
    if (frame.t === "me") return this.#update({ me: frame })
    if (frame.t === "tell") return this.#onTell(frame)
    if (frame.t === "notice") return this.#update({ viewers: frame.viewers })
    const next = apply(this.#board, frame)
    if (next.lost) return this.#feed.resync()
    if (next === this.#board) return
    this.#board = next
    if (next.s !== null) this.#update({})
  }

  #onTell({ kind, at, data }) {
    this.dispatchEvent(new CustomEvent("tell", { detail: { kind, at, data } }))
  }

  #update(fields) {
    Object.assign(this, fields)
    this.dispatchEvent(new Event("change"))
  }
}
