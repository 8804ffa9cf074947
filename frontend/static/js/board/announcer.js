// announcer.js: announcements for screen readers: the newest of each kind, together, and not too often. No DOM.

const browser = {
  now: () => Date.now(),
  later: (run, ms) => setTimeout(run, ms),
}

export class Announcer {
  #speak
  #everyMs
  #world
  #texts = new Map()
  #spokeAt = -Infinity
  #timer = null

  // `speak` gets the text. With `everyMs` 0 nothing is announced.
  constructor(speak, everyMs, world = browser) {
    this.#speak = speak
    this.#everyMs = everyMs
    this.#world = world
  }

  // A newer text of a kind replaces one that was not announced yet; "" withdraws it.
  say(kind, text) {
    if (!this.#everyMs) return
    this.#texts.delete(kind)
    if (text) this.#texts.set(kind, text)
    if (this.#texts.size && this.#timer === null) {
      const due = this.#spokeAt + this.#everyMs - this.#world.now()
      this.#timer = this.#world.later(() => this.#out(), Math.max(0, due))
    }
  }

  #out() {
    this.#timer = null
    if (!this.#texts.size) return
    this.#spokeAt = this.#world.now()
    this.#speak([...this.#texts.values()].join(" "))
    this.#texts.clear()
  }
}
