// carrier-connection.js: one connection of a feed by one carrier, from its opening to its end.

import { parseJson } from "../parse-json.js"
import { openEvents, openSocket } from "./carriers/push.js"

// Polling is loaded only when it is needed, which is seldom.
export const carriers = {
  sse: async () => openEvents,
  ws: async () => openSocket,
  "long-poll": async () => (await import("./carriers/polling.js")).openLong,
  poll: async () => (await import("./carriers/polling.js")).openShort,
}

// The carriers call its methods `text`, `frame`, `answered` and `failed`. Once it is closed, these calls are ignored.
export class CarrierConnection {
  carrier
  #handlers
  #close = null

  // `handlers` has three functions. `alive` gets { beatMs, id } of an answer. `frame` gets a frame, null if it can't be
  // read. `failed` gets the reason: "cut", or, if the connection was not even opened, "unloaded" (the carrier's
  // module), "missing" (this browser lacks the carrier) or "away" (the query could not be made, for want of a ticket).
  constructor(carrier, handlers) {
    this.carrier = carrier
    this.#handlers = handlers
  }

  // `load` resolves with the carrier's function, `makeQuery` with the query of the address.
  async open(load, base, makeQuery) {
    const openCarrier = await load().catch(() => this.#handlers?.failed("unloaded"))
    const query = openCarrier && (await makeQuery().catch(() => this.#handlers?.failed("away")))
    if (!query || !this.#handlers) return
    try {
      this.#close = openCarrier(base, query, this)
    } catch {
      this.#handlers.failed("missing")
    }
  }

  close() {
    this.#handlers = null
    this.#close?.()
    this.#close = null
  }

  text(data) {
    this.frame(parseJson(data))
  }

  frame(frame) {
    this.#handlers?.frame(frame)
  }

  answered(news) {
    this.#handlers?.alive(news)
  }

  failed() {
    this.#handlers?.failed("cut")
  }
}
