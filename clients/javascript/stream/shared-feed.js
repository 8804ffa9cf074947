// shared-feed.js: one feed for all tabs of a browser that follow the same. Lives in the SharedWorker.
//
// It knows the boards as its frames made them, so a tab that comes late is shown them at once. Tabs say
// every few seconds that they are there: one that crashed can't say that it went.

import { apply, emptyBoard, snapshotOf } from "./board-state.js"

const GONE_MS = 20_000 // a tab says that it is there every five seconds
const LINGER_MS = 5000 // who leaves a page is on the next one in a moment
const TICKET_MS = 5000
const BOARDS = ["snapshot", "delta", "reset"] // frames that change one

export class SharedFeed {
  #feed
  #platform
  #boards = new Map()
  #mine = new Map()
  #tabs = new Map() // port -> when it was last heard
  #looking = null
  #ticketTaken = () => {}

  // `make` gets what asks for a ticket, and makes the feed.
  constructor(make, platform) {
    this.#platform = platform
    this.#feed = make(() => this.#ticket())
    this.#feed.addEventListener("status", () => this.#broadcast({ status: this.#status }))
    this.#feed.addEventListener("frame", ({ detail }) => this.#received(detail))
  }

  // Whether nobody follows.
  get idle() {
    return this.#tabs.size === 0
  }

  // Whether the server sent us away for good.
  get ended() {
    return this.#feed.status.phase === "ended"
  }

  // A tab is there, and saw everything up to its cursor. It says so again and again.
  watch(port, since) {
    if (!this.#tabs.has(port)) this.#show(port, since)
    this.#tabs.set(port, this.#platform.now())
    this.#looking ??= this.#platform.later(() => this.#look(), GONE_MS)
    this.#feed.start()
    port.postMessage({ status: this.#status })
  }

  leave(port) {
    this.#tabs.delete(port)
    if (this.#tabs.size > 0) return
    this.#platform.cancel(this.#looking)
    this.#looking = this.#platform.later(() => this.#look(), LINGER_MS)
  }

  // Where our own board is lost as well, it is asked for already.
  resync(port) {
    this.#show(port, "")
  }

  check() {
    this.#feed.check()
  }

  ticketGiven(ticket) {
    this.#ticketTaken(ticket)
  }

  get #status() {
    return { ...this.#feed.status, shared: true }
  }

  #received(frame) {
    if (frame.t === "me") this.#mine.set(frame.b, frame)
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

  // What a tab that saw everything up to its cursor does not know yet.
  #show(port, since) {
    for (const board of this.#boards.values()) {
      if (board.s === null || board.lost || seen(board, since, this.#feed.cursor)) continue
      port.postMessage({ frame: snapshotOf(board, this.#feed.cursor) })
    }
    for (const frame of this.#mine.values()) port.postMessage({ frame })
  }

  #broadcast(news) {
    for (const port of this.#tabs.keys()) port.postMessage(news)
  }

  #look() {
    this.#looking = null
    const now = this.#platform.now()
    for (const [port, heardAt] of this.#tabs) if (now - heardAt >= GONE_MS) this.#tabs.delete(port)
    if (this.#tabs.size === 0) this.#feed.stop() // it knows its cursor when somebody comes back
    else this.#looking = this.#platform.later(() => this.#look(), GONE_MS)
  }

  // Sessions are kept where a worker can't read them, so a tab is asked: the one that was heard last.
  #ticket() {
    const [port] = [...this.#tabs].sort(([, one], [, other]) => other - one)[0] ?? []
    return new Promise((taken, missed) => {
      this.#ticketTaken = taken
      this.#platform.later(missed, TICKET_MS)
      port?.postMessage({ ticketAsked: true })
    })
  }
}

function seen(board, since, cursor) {
  const [epoch, seq] = since.split("-")
  return epoch === cursor.split("-")[0] && Number(seq) >= board.s
}
