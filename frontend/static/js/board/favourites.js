// favourites.js: this browser's favourite players, on all boards. No DOM.

import { browserStorage } from "../../../sdk/browser-storage.js"

const KEY = "scoreboard.favourites"
const MOST = 100 // the API looks up so many at once

export class Favourites extends EventTarget {
  #storage
  #here = new Set() // where storage is unavailable, as in some private windows: until the page is left

  constructor(storage = browserStorage()) {
    super()
    this.#storage = storage
  }

  get ids() {
    try {
      const kept = JSON.parse(this.#storage.getItem(KEY))
      return new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : this.#here)
    } catch {
      return this.#here
    }
  }

  toggle(id) {
    const ids = new Set(this.ids)
    if (!ids.delete(id) && ids.size < MOST) ids.add(id)
    this.#here = ids
    try {
      this.#storage.setItem(KEY, JSON.stringify([...ids]))
    } catch {
      // They last until the page is closed.
    }
    this.dispatchEvent(new Event("change"))
  }
}
