// stored-session.js: who plays in this browser, kept across visits. No DOM.

import { browserStorage } from "../browser-storage.js"

const KEY = "scoreboard.session"

export class StoredSession extends EventTarget {
  #storage
  #here = null // where nothing can be kept, as in some private windows: until the page is left

  constructor(storage = browserStorage()) {
    super()
    this.#storage = storage
  }

  // { player, refreshToken }, or null where nobody has played yet.
  read() {
    try {
      const { player, refreshToken } = JSON.parse(this.#storage.getItem(KEY))
      return player && refreshToken ? { player, refreshToken } : this.#here
    } catch {
      return this.#here
    }
  }

  write(session) {
    try {
      this.#storage.setItem(KEY, JSON.stringify(session))
      this.#here = null
    } catch {
      this.#here = session
    }
    this.dispatchEvent(new Event("change"))
  }
}
