// shared-feed.js: one feed for all tabs of a browser that follow the same boards. Runs in the SharedWorker.
//
// It keeps the boards up to date itself, so that a new tab gets them at once. Each tab reports every few seconds: a
// crashed tab can't say that it left, so a tab that stopped reporting is forgotten.

import { apply, emptyBoard, snapshotOf } from "./board-state.js"

const GONE_MS = 20_000 // tabs report every five seconds
const LINGER_MS = 5000 // a player that leaves a page is usually on the next one soon
const TICKET_MS = 5000
const BOARDS = ["snapshot", "delta", "reset"] // frames that change a board

export class SharedFeed {
  #feed
  #platform
  #boards = new Map()
  #standings = new Map() // scope -> the last `me` frame
  #tabs = new Map() // port -> the time of its last report
  #timer = null
  #resolveTicket = () => {}

  // `make` makes the feed. Its argument is a function that resolves with a ticket.
  constructor(make, platform) {
    this.#platform = platform
    this.#feed = make(() => this.#ticket())
    this.#feed.addEventListener("status", () => this.#broadcast({ status: this.#status }))
    this.#feed.addEventListener("frame", ({ detail }) => this.#onFrame(detail))
  }

  // True if no tab follows.
  get idle() {
    return this.#tabs.size === 0
  }

  // True if the server ended the stream permanently.
  get ended() {
    return this.#feed.status.phase === "ended"
  }

  // A tab reports that it follows, and that it received all frames up to its cursor.
  watch(port, since) {
    if (!this.#tabs.has(port)) this.#show(port, since)
    this.#tabs.set(port, this.#platform.now())
    this.#timer ??= this.#platform.later(() => this.#forgetTabs(), GONE_MS)
    this.#feed.start()
    port.postMessage({ status: this.#status })
  }

  leave(port) {
    this.#tabs.delete(port)
    if (this.#tabs.size > 0) return
    this.#platform.cancel(this.#timer)
    this.#timer = this.#platform.later(() => this.#forgetTabs(), LINGER_MS)
  }

  // Send a tab all boards. One that is lost here too was requested already.
  resync(port) {
    this.#show(port, "")
  }

  check() {
    this.#feed.check()
  }

  acceptTicket(ticket) {
    this.#resolveTicket(ticket)
  }

  get #status() {
    return { ...this.#feed.status, shared: true }
  }

  #onFrame(frame) {
    if (frame.t === "me") this.#standings.set(frame.b, frame)
    const lost = this.#scopes(frame).filter((scope) => this.#apply(scope, frame).lost)
    this.#broadcast({ frame })
    if (lost.length) this.#feed.resync()
  }

  #scopes({ t, b }) {
    if (t === "hb") return [...this.#boards.keys()]
    return BOARDS.includes(t) ? [b] : []
  }

  #apply(scope, frame) {
    const board = apply(this.#boards.get(scope) ?? emptyBoard(scope), frame)
    this.#boards.set(scope, board)
    return board
  }

  // Send a tab the boards and standings that are newer than its cursor.
  #show(port, since) {
    for (const board of this.#boards.values()) {
      if (board.s === null || board.lost || isCurrent(board, since, this.#feed.cursor)) continue
      port.postMessage({ frame: snapshotOf(board, this.#feed.cursor) })
    }
    for (const frame of this.#standings.values()) port.postMessage({ frame })
  }

  #broadcast(news) {
    for (const port of this.#tabs.keys()) port.postMessage(news)
  }

  #forgetTabs() {
    this.#timer = null
    const now = this.#platform.now()
    for (const [port, heardAt] of this.#tabs) if (now - heardAt >= GONE_MS) this.#tabs.delete(port)
    if (this.#tabs.size === 0) this.#feed.stop() // it knows its cursor when somebody comes back
    else this.#timer = this.#platform.later(() => this.#forgetTabs(), GONE_MS)
  }

  // A worker can't read the stored session, so the tab that reported last provides the ticket.
  #ticket() {
    const [port] = [...this.#tabs].sort(([, one], [, other]) => other - one)[0] ?? []
    return new Promise((resolve, reject) => {
      this.#resolveTicket = resolve
      this.#platform.later(reject, TICKET_MS)
      port?.postMessage({ ticketAsked: true })
    })
  }
}

// Does a viewer at the cursor `since` have this board already?
function isCurrent(board, since, cursor) {
  const [epoch, seq] = since.split("-")
  return epoch === cursor.split("-")[0] && Number(seq) >= board.s
}
