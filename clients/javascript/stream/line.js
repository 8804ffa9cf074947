// line.js: one connection of a feed, from its opening to its end. What a closed one still says is not heard.

import { parsed } from "../parsed.js"
import { openEvents, openSocket } from "./carriers/push.js"

// Polling is loaded only when it is needed, which is seldom.
export const carriers = {
  sse: async () => openEvents,
  ws: async () => openSocket,
  "long-poll": async () => (await import("./carriers/polling.js")).openLong,
  poll: async () => (await import("./carriers/polling.js")).openShort,
}

export class Line {
  carrier
  #told
  #close = null

  // `told` has: heard, frame (null if it can't be read), and failed: "cut", or, if it was not even
  // opened, "unloaded" (the carrier), "missing" (in this browser) or "away" (what the address needs).
  constructor(carrier, told) {
    this.carrier = carrier
    this.#told = told
  }

  async open(load, base, ask) {
    const begin = await load().catch(() => this.#told?.failed("unloaded"))
    const query = begin && (await ask().catch(() => this.#told?.failed("away")))
    if (!query || !this.#told) return
    try {
      this.#close = begin(base, query, this)
    } catch {
      this.#told.failed("missing")
    }
  }

  close() {
    this.#told = null
    this.#close?.()
    this.#close = null
  }

  text(data) {
    this.frame(parsed(data))
  }

  frame(frame) {
    this.#told?.frame(frame)
  }

  answered(news) {
    this.#told?.heard(news)
  }

  failed() {
    this.#told?.failed("cut")
  }
}
