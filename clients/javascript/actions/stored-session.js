// stored-session.js: the session of this browser's player, kept across visits. No DOM.
//
// A change dispatches "change" on the object that made it, and "scoreboard.session" on the window, for other scripts of
// the page. Other tabs get the browser's "storage" event.

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

  // { player, refreshToken, name, named }, or null if nobody has played yet. `name` is the display name as far as it is
  // known. `named` is true for a player with a user name, who must sign in again when their session has ended.
  read() {
    try {
      const { player, refreshToken, name, named } = JSON.parse(this.#storage.getItem(this.#key))
      return player && refreshToken ? { player, refreshToken, ...(name && { name }), ...(named && { named }) } : this.#inMemory
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
    this.#changed()
  }

  forget() {
    this.#inMemory = null
    try {
      this.#storage.removeItem(this.#key)
    } catch {
      // Nothing was stored.
    }
    this.#changed()
  }

  #changed() {
    this.dispatchEvent(new Event("change"))
    globalThis.dispatchEvent?.(new Event("scoreboard.session")) // Node.js has no window
  }
}
