// announcer.js: announcements for screen readers: the newest of each kind, together, and not too often. No DOM.

const browser = {
  now: () => Date.now(),
  later: (run, ms) => setTimeout(run, ms),
}

export class Announcer {
  #speak
  #everyMs
  #platform
  #texts = new Map()
  #spokeAt = -Infinity
  #timer = null

  // `speak` gets the text. With `everyMs` 0 nothing is announced.
  constructor(speak, everyMs, platform = browser) {
    this.#speak = speak
    this.#everyMs = everyMs
    this.#platform = platform
  }

  // A newer text of a kind replaces one that was not announced yet; "" withdraws it.
  say(kind, text) {
    if (!this.#everyMs) return
    this.#texts.delete(kind)
    if (text) this.#texts.set(kind, text)
    if (this.#texts.size && this.#timer === null) {
      const due = this.#spokeAt + this.#everyMs - this.#platform.now()
      this.#timer = this.#platform.later(() => this.#out(), Math.max(0, due))
    }
  }

  #out() {
    this.#timer = null
    if (!this.#texts.size) return
    this.#spokeAt = this.#platform.now()
    this.#speak([...this.#texts.values()].join(" "))
    this.#texts.clear()
  }
}
