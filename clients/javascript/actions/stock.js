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
  #platform
  #held = []
  #playedAt = 0
  #timer = null
  #stopped = false
  #filling = false

  // `actions` has a method `request`.
  constructor({ actions, platform = browser }) {
    this.#actions = actions
    this.#platform = platform
  }

  // An action of the stock, or a new one.
  async request(type) {
    this.#playedAt = this.#platform.now()
    this.#held = this.#held.filter(fresh)
    const action = this.#held.shift() ?? (await this.#actions.request(type))
    this.#fill(type)
    return action
  }

  // Hold no actions: an exclusive action can't be requested before the previous one is completed.
  stop() {
    this.#stopped = true
    this.#held = []
    this.#platform.cancel(this.#timer)
  }

  async #fill(type) {
    if (this.#filling || this.#stopped) return
    this.#filling = true
    await this.#refill(type).catch(() => {}) // without a connection, or beyond a limit: try later
    this.#filling = false
    this.#platform.cancel(this.#timer)
    const active = this.#platform.now() - this.#playedAt < ACTIVE_MS
    if (active && !this.#stopped) this.#timer = this.#platform.later(() => this.#fill(type), REFILL_MS)
  }

  async #refill(type) {
    this.#held = this.#held.filter(fresh)
    while (this.#held.length < SIZE && !this.#stopped) {
      const action = await this.#actions.request(type)
      if (!fresh(action)) return this.stop() // they expire too soon to be held
      if (!this.#stopped) this.#held.push(action)
    }
  }
}

function fresh({ leftMs }) {
  return leftMs > MIN_MS
}
