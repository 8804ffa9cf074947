// polled-list.js: a list that is not streamed: it is loaded now, and again every few seconds. No DOM.

const EVERY_SECONDS = 10

const browser = {
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
}

// Events: "news" when the rows changed, "problem" when they could not be loaded.
export class PolledList extends EventTarget {
  shown = { rows: [], total: 0 }
  known = false
  first = true // whether this is the first answer
  everySeconds = EVERY_SECONDS
  #ask
  #platform
  #timer = null
  #running = false

  // `ask` resolves with { rows, total }.
  constructor(ask, platform = browser) {
    super()
    this.#ask = ask
    this.#platform = platform
  }

  start() {
    if (this.#running) return
    this.#running = true
    return this.check()
  }

  stop() {
    this.#running = false
    this.#platform.cancel(this.#timer)
  }

  async check() {
    if (!this.#running) return
    this.#platform.cancel(this.#timer)
    try {
      this.#take(await this.#ask())
    } catch (problem) {
      this.dispatchEvent(new CustomEvent("problem", { detail: problem }))
    }
    if (!this.#running) return
    this.#platform.cancel(this.#timer)
    this.#timer = this.#platform.later(() => this.check(), this.everySeconds * 1000)
  }

  #take(shown) {
    if (!this.#running || (this.known && JSON.stringify(shown) === JSON.stringify(this.shown))) return
    this.first = !this.known
    this.known = true
    this.shown = shown
    this.dispatchEvent(new Event("news"))
  }
}
