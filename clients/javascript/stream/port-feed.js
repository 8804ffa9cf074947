// port-feed.js: one tab's side of a feed that all tabs of a browser share. The other side is shared-worker.js.

import { initialStatus } from "./status.js"

const WATCH_MS = 5000
const MAX_UNANSWERED = 2

const browser = {
  every: (ms, run) => setInterval(run, ms),
  cancel: (timer) => clearInterval(timer),
}

export class PortFeed extends EventTarget {
  #port
  #request
  #ticket
  #cursor
  #platform
  #timer = null
  #unanswered = 0
  #status = { ...initialStatus(), shared: true }

  // Dispatches "lost" if the worker does not answer: then the tab needs a connection of its own.
  constructor(port, base, { scope, since = "", player = "", ticket = null, carriers, first, platform = browser }) {
    super()
    this.#port = port
    this.#request = { base, scope, carriers, first, player: ticket ? player : "" }
    this.#ticket = ticket
    this.#cursor = since
    this.#platform = platform
    port.onmessage = ({ data }) => this.#onMessage(data)
  }

  get status() {
    return { ...this.#status }
  }

  get cursor() {
    return this.#cursor
  }

  start() {
    if (this.#timer !== null || this.#status.phase === "ended") return
    this.#unanswered = 0
    this.#timer = this.#platform.every(WATCH_MS, () => this.#watch())
    this.#watch()
  }

  stop() {
    this.#stopTimer()
    this.#port.postMessage({ say: "leave" })
    if (!["closed", "ended"].includes(this.#status.phase)) this.#setStatus({ ...this.#status, phase: "closed" })
  }

  resync() {
    this.#port.postMessage({ say: "resync" })
  }

  check() {
    this.#port.postMessage({ say: "check" })
  }

  // Report to the worker, at intervals: the worker forgets a tab that stopped sending, since a crashed tab can't say that it left.
  #watch() {
    if (this.#unanswered >= MAX_UNANSWERED) return this.#giveUp()
    this.#unanswered += 1
    this.#port.postMessage({ say: "watch", ...this.#request, since: this.#cursor })
  }

  #giveUp() {
    this.stop()
    this.dispatchEvent(new Event("lost"))
  }

  #onMessage({ status, frame, ticketAsked }) {
    this.#unanswered = 0
    if (ticketAsked) return this.#sendTicket()
    if (this.#timer === null) return
    if (frame) this.#onFrame(frame)
    else this.#setStatus(status)
    if (this.#status.phase === "ended") this.#stopTimer()
  }

  #onFrame(frame) {
    if (frame.id) this.#cursor = frame.id
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }))
  }

  // If no ticket can be got, nothing is sent: the worker stops waiting soon, and asks again.
  async #sendTicket() {
    const ticket = await this.#ticket().catch(() => null)
    if (ticket) this.#port.postMessage({ say: "ticket", ticket })
  }

  #stopTimer() {
    this.#platform.cancel(this.#timer)
    this.#timer = null
  }

  #setStatus(status) {
    this.#status = status
    this.dispatchEvent(new Event("status"))
  }
}
