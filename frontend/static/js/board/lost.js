// lost.js: when to say aloud that the connection is lost, and that it is back. Pure.

const LOST_MS = 5000 // shorter interruptions are nobody's business
const LOST = ["stale", "reconnecting", "offline", "ended"]
const BACK = ["live", "polling"]
const TEXTS = {
  lost: "The connection is lost. These rows may be old.",
  back: "The connection is back.",
}

export class Lost {
  #since = null
  #said = false

  // What to say of a state of the badge; "" for nothing.
  news(state, now) {
    this.#since = LOST.includes(state) ? (this.#since ?? now) : null
    if (this.#said === (this.#since !== null)) return ""
    if (this.#said && !BACK.includes(state)) return ""
    if (!this.#said && now - this.#since < LOST_MS) return ""
    this.#said = !this.#said
    return this.#said ? TEXTS.lost : TEXTS.back
  }
}
