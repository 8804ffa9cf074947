// stored-stock.js: actions that were requested in advance, kept across visits until they expire. No DOM.
//
// Tabs share them. An action that is taken is gone before it is used: its token counts once.

import { sha256 } from "./sha256.js"
import { StoredItems } from "./stored-items.js"
import { withLock } from "./tab-lock.js"

const browser = {
  now: () => Date.now(), // another page has another performance.now()
  withLock: (run, server) => withLock(`stock ${server}`, run),
}

export class StoredStock {
  #items
  #player
  #platform

  // `player` has `id`, and `resume`, which makes an action again.
  constructor({ player, storage, server, platform = browser }) {
    this.#items = new StoredItems("ahead", storage, server)
    this.#player = player
    this.#platform = platform
  }

  // The actions of a type that this player may still use, the oldest first. The others are removed.
  all(type) {
    const known = this.#items.all().map((item) => ({ ...item, action: this.#resume(item) }))
    for (const { id, action } of known) if (!(action?.leftMs > 0)) this.#items.remove(id)
    return known.map(({ action }) => action).filter((action) => action?.leftMs > 0 && action.type === type)
  }

  put(action) {
    const { requested } = action
    const [id, now] = [idOf(action), this.#platform.now()]
    this.#items.put({ id, at: now, until: now + action.leftMs, player: this.#player.id, requested })
  }

  // Take the oldest action of a type that `isUsable`; null if there is none.
  async take(type, isUsable) {
    let taken = null
    const take = () => {
      taken = this.all(type).find(isUsable) ?? null
      if (taken) this.#items.remove(idOf(taken))
    }
    await this.#platform.withLock(take, this.#items.server)
    return taken
  }

  clear() {
    for (const { id } of this.#items.all()) this.#items.remove(id)
  }

  // Null for another player's, and if the clock of the device was set back: then nobody knows when it expires.
  #resume({ at, until, player, requested }) {
    const now = this.#platform.now()
    return player === this.#player.id && now >= at ? this.#player.resume(requested, { leftMs: until - now, ageMs: now - at }) : null
  }
}

function idOf({ requested }) {
  return sha256(requested.actionToken).slice(0, 16)
}
