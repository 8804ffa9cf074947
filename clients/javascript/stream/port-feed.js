// port-feed.js: a tab's end of a feed that all tabs of a browser share.

import { unheard } from "./status.js"

const HERE_MS = 5000
const MOST_UNANSWERED = 2

const platform = {
  every: (ms, run) => setInterval(run, ms),
  cancel: (timer) => clearInterval(timer),
}

export class PortFeed extends EventTarget {
  #port
  #asked
  #ticket
  #cursor
  #world
  #timer = null
  #unanswered = 0
  #status = { ...unheard(), shared: true }

  // Dispatches "lost" where nobody answers at the other end: then this tab is on its own.
  constructor(port, base, { scope, since = "", player = "", ticket = null, carriers, first, world = platform }) {
    super()
    this.#port = port
    this.#asked = { base, scope, carriers, first, player: ticket ? player : "" }
    this.#ticket = ticket
    this.#cursor = since
    this.#world = world
    port.onmessage = ({ data }) => this.#heard(data)
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
    this.#timer = this.#world.every(HERE_MS, () => this.#watch())
    this.#watch()
  }

  stop() {
    this.#rest()
    this.#port.postMessage({ say: "leave" })
    if (!["closed", "ended"].includes(this.#status.phase)) this.#tell({ ...this.#status, phase: "closed" })
  }

  resync() {
    this.#port.postMessage({ say: "resync" })
  }

  check() {
    this.#port.postMessage({ say: "check" })
  }

  // Said again and again, since a tab that crashed can't say that it went.
  #watch() {
    if (this.#unanswered >= MOST_UNANSWERED) return this.#lost()
    this.#unanswered += 1
    this.#port.postMessage({ say: "watch", ...this.#asked, since: this.#cursor })
  }

  #lost() {
    this.stop()
    this.dispatchEvent(new Event("lost"))
  }

  #heard({ status, frame, ticketAsked }) {
    this.#unanswered = 0
    if (ticketAsked) return this.#giveTicket()
    if (this.#timer === null) return
    if (frame) this.#received(frame)
    else this.#tell(status)
    if (this.#status.phase === "ended") this.#rest()
  }

  #received(frame) {
    if (frame.id) this.#cursor = frame.id
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }))
  }

  // Where there is none to be had the other end does not wait for long, and asks again.
  async #giveTicket() {
    const ticket = await this.#ticket().catch(() => null)
    if (ticket) this.#port.postMessage({ say: "ticket", ticket })
  }

  #rest() {
    this.#world.cancel(this.#timer)
    this.#timer = null
  }

  #tell(status) {
    this.#status = status
    this.dispatchEvent(new Event("status"))
  }
}
