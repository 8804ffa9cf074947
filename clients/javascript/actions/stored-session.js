// stored-session.js: who plays in this browser, kept across visits. No DOM.

import { browserStorage, ownServer } from "../browser-storage.js"

export class StoredSession extends EventTarget {
  #storage
  #key
  #here = null // where nothing can be kept, as in some private windows: until the page is left

  // Each server has its own: one must never get what another one gave.
  constructor(storage = browserStorage(), server = ownServer) {
    super()
    this.#storage = storage
    this.server = server
    this.#key = `scoreboard.session ${server}`
  }

  // { player, refreshToken, named }, or null where nobody has played yet. `named` is true of a player with a user
  // name, who must sign in again where the session is over.
  read() {
    try {
      const { player, refreshToken, named } = JSON.parse(this.#storage.getItem(this.#key))
      return player && refreshToken ? { player, refreshToken, ...(named && { named }) } : this.#here
    } catch {
      return this.#here
    }
  }

  write(session) {
    try {
      this.#storage.setItem(this.#key, JSON.stringify(session))
      this.#here = null
    } catch {
      this.#here = session
    }
    this.dispatchEvent(new Event("change"))
  }

  forget() {
    this.#here = null
    try {
      this.#storage.removeItem(this.#key)
    } catch {
      // Nothing could be kept.
    }
    this.dispatchEvent(new Event("change"))
  }
}
