// live-board.js: a board as it is now, from the stream, with what is known of its viewer.

import { apply, emptyBoard, ranks } from "./board-state.js"
import { PageFeed } from "./page-feed.js"

// Dispatches "change" (there are other lines, or another `me`), "status" (of the connection), and "tell": the server
// told the player something, `detail` is { kind, at, data }.
export class LiveBoard extends EventTarget {
  me = null // { rank, score, tot, ver } where it was opened with a ticket
  viewers = null
  #feed
  #board

  // `shown` is the board that a page came with, as of the cursor `since`.
  constructor(base, { scope, shown = emptyBoard(scope), ...options }) {
    super()
    this.#board = shown
    this.#feed = new PageFeed(base, { scope, ...options })
    this.#feed.addEventListener("frame", ({ detail }) => this.#received(detail))
    this.#feed.addEventListener("status", () => this.dispatchEvent(new Event("status")))
  }

  get board() {
    return this.#board
  }

  // Everybody who is listed: { rank, id, name, score, columns }.
  get entries() {
    const rank = ranks(this.#board)
    const columns = ({ c }) => Object.fromEntries(this.#board.columns.map((name, index) => [name, c[index]]))
    return this.#board.lines.map((line, index) => ({
      rank: rank[index],
      id: line.id,
      name: line.n,
      score: line.s,
      columns: columns(line),
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

  #received(frame) {
    if (frame.t === "me") return this.#changed({ me: frame })
    if (frame.t === "tell") return this.#told(frame)
    if (frame.t === "notice") return this.#changed({ viewers: frame.viewers })
    const next = apply(this.#board, frame)
    if (next.lost) return this.#feed.resync()
    if (next === this.#board) return
    this.#board = next
    if (next.s !== null) this.#changed({})
  }

  #told({ kind, at, data }) {
    this.dispatchEvent(new CustomEvent("tell", { detail: { kind, at, data } }))
  }

  #changed(news) {
    Object.assign(this, news)
    this.dispatchEvent(new Event("change"))
  }
}
