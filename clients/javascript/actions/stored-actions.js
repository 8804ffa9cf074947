// stored-actions.js: completed actions that are not answered yet, kept across visits. No DOM.
//
// Each has a key of its own, so that two tabs that write at the same time lose nothing.

import { browserStorage, ownServer } from "../browser-storage.js"
import { parsed } from "../parsed.js"

export class StoredActions {
  #storage
  #prefix
  #here = new Map() // where storage is unavailable: until the page is left

  constructor(storage = browserStorage(), server = ownServer) {
    this.#storage = storage
    this.server = server
    this.#prefix = `scoreboard.action ${server} `
  }

  // All actions, the oldest first.
  all() {
    const kept = this.#keys().map((key) => parsed(this.#storage.getItem(key)))
    const known = [...kept, ...this.#here.values()].filter((item) => item?.id)
    return known.sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1))
  }

  find(id) {
    return this.#here.get(id) ?? parsed(this.#storage?.getItem(this.#prefix + id) ?? "")
  }

  put(item) {
    try {
      this.#storage.setItem(this.#prefix + item.id, JSON.stringify(item))
      this.#here.delete(item.id)
    } catch {
      this.#here.set(item.id, item)
    }
  }

  remove(id) {
    this.#here.delete(id)
    this.#storage?.removeItem(this.#prefix + id)
  }

  // Whether a change of this storage key concerns these actions.
  concerns(key) {
    return key === null || key.startsWith(this.#prefix)
  }

  #keys() {
    const length = this.#storage?.length ?? 0
    return Array.from({ length }, (_, index) => this.#storage.key(index)).filter((key) => key.startsWith(this.#prefix))
  }
}
