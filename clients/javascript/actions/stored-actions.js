// stored-actions.js: completed actions that are not answered yet, kept across visits. No DOM.
//
// Each has a key of its own, so that two tabs that write at the same time lose nothing.

import { browserStorage, ownServer } from "../browser-storage.js"
import { parseJson } from "../parse-json.js"

export class StoredActions {
  #storage
  #prefix
  #inMemory = new Map() // if the storage is unavailable: until the page is left

  constructor(storage = browserStorage(), server = ownServer) {
    this.#storage = storage
    this.server = server
    this.#prefix = `scoreboard.action ${server} `
  }

  // All actions, the oldest first.
  all() {
    const stored = this.#keys().map((key) => parseJson(this.#storage.getItem(key)))
    const actions = [...stored, ...this.#inMemory.values()].filter((item) => item?.id)
    return actions.sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1))
  }

  find(id) {
    return this.#inMemory.get(id) ?? parseJson(this.#storage?.getItem(this.#prefix + id) ?? "")
  }

  put(item) {
    try {
      this.#storage.setItem(this.#prefix + item.id, JSON.stringify(item))
      this.#inMemory.delete(item.id)
    } catch {
      this.#inMemory.set(item.id, item)
    }
  }

  remove(id) {
    this.#inMemory.delete(id)
    this.#storage?.removeItem(this.#prefix + id)
  }

  // Does a change of this storage key concern these actions?
  concerns(key) {
    return key === null || key.startsWith(this.#prefix)
  }

  #keys() {
    const length = this.#storage?.length ?? 0
    return Array.from({ length }, (_, index) => this.#storage.key(index)).filter((key) => key.startsWith(this.#prefix))
  }
}
