// stored-session.js: the session of this browser's player, kept across visits. No DOM.

import { browserStorage, ownServer } from "../browser-storage.js"

export class StoredSession extends EventTarget {
  #storage
  #key
  #inMemory = null // if the storage is unavailable, as in some private windows: until the page is left

  // Each server has its own session: none may see another server's tokens.
  constructor(storage = browserStorage(), server = ownServer) {
    super()
    this.#storage = storage
    this.server = server
    this.#key = `scoreboard.session ${server}`
  }

  // { player, refreshToken, named }, or null if nobody has played yet. `named` is true for a player with a user
  // name. When their session has ended they must sign in again.
  read() {
    try {
      const { player, refreshToken, named } = JSON.parse(this.#storage.getItem(this.#key))
      return player && refreshToken ? { player, refreshToken, ...(named && { named }) } : this.#inMemory
    } catch {
      return this.#inMemory
    }
  }

  write(session) {
    try {
      this.#storage.setItem(this.#key, JSON.stringify(session))
      this.#inMemory = null
    } catch {
      this.#inMemory = session
    }
    this.dispatchEvent(new Event("change"))
  }

  forget() {
    this.#inMemory = null
    try {
      this.#storage.removeItem(this.#key)
    } catch {
      // Nothing was stored.
    }
    this.dispatchEvent(new Event("change"))
  }
}
