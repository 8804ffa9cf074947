// stored-items.js: values that a browser keeps across visits, the oldest first. Each has an `id`, and `at`, the time at
// which it came. No DOM.
//
// Each has a key of its own, so that two tabs that write at the same time lose nothing.

import { browserStorage, ownServer, storedKeys } from "../browser-storage.js"
import { parseJson } from "../parse-json.js"

export class StoredItems {
  #storage
  #prefix
  #inMemory = new Map() // if the storage is unavailable: until the page is left

  // `kind` is a word that no other kind of value has.
  constructor(kind, storage = browserStorage(), server = ownServer) {
    this.#storage = storage
    this.server = server
    this.#prefix = `scoreboard.${kind} ${server} `
  }

  all() {
    const stored = storedKeys(this.#prefix, this.#storage).map((key) => parseJson(this.#storage.getItem(key)))
    const items = [...stored, ...this.#inMemory.values()].filter((item) => item?.id)
    return items.sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1))
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

  // Does a change of this storage key concern these values?
  concerns(key) {
    return key === null || key.startsWith(this.#prefix)
  }
}
