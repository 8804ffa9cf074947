// stock.js: actions that are requested in advance, so that rounds can begin without a connection. No DOM.

const SIZE = 3
const MIN_MS = 60_000 // the least remaining time of an action, so that a round fits in
const REFILL_MS = 30_000
const ACTIVE_MS = 10 * 60_000 // after so long without a round nothing more is requested

const browser = {
  now: () => performance.now(),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
}

export class Stock {
  #actions
  #stored
  #platform
  #lastRequestAt = 0
  #timer = null
  #stopped = false
  #filling = false

  // `actions` has a method `request`, `stored` is a StoredStock.
  constructor({ actions, stored, platform = browser }) {
    this.#actions = actions
    this.#stored = stored
    this.#platform = platform
  }

  // An action of the stock, or a new one.
  async request(type) {
    this.#lastRequestAt = this.#platform.now()
    const action = (await this.#stored.take(type, isFresh)) ?? (await this.#actions.request(type))
    this.#fill(type)
    return action
  }

  // Hold no actions: an exclusive action can't be requested before the previous one is completed.
  stop() {
    this.#stopped = true
    this.#stored.clear()
    this.#platform.cancel(this.#timer)
  }

  async #fill(type) {
    if (this.#filling || this.#stopped) return
    this.#filling = true
    await this.#refill(type).catch(() => {}) // without a connection, or beyond a limit: try later
    this.#filling = false
    this.#platform.cancel(this.#timer)
    const active = this.#platform.now() - this.#lastRequestAt < ACTIVE_MS
    if (active && !this.#stopped) this.#timer = this.#platform.later(() => this.#fill(type), REFILL_MS)
  }

  async #refill(type) {
    while (this.#stored.all(type).filter(isFresh).length < SIZE && !this.#stopped) {
      const action = await this.#actions.request(type)
      if (!isFresh(action)) return this.stop() // the type's actions expire too soon for a stock
      if (!this.#stopped) this.#stored.put(action)
    }
  }
}

function isFresh({ leftMs }) {
  return leftMs > MIN_MS
}
