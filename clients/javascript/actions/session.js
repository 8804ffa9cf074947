// session.js: calls as the player of this browser. Who comes for the first time becomes a guest. No DOM.

const MARGIN_MS = 30_000 // an access token this close to its end may be over when it arrives

const browser = {
  now: () => Date.now(),
  // One tab at a time. Over plain http there are no locks: there the server forgives two tabs that
  // send the same refresh token within ten seconds.
  alone: (run, server) => globalThis.navigator?.locks?.request(`scoreboard.session ${server}`, run) ?? run(),
}

export class Session {
  #api
  #stored
  #world
  #access = null // { token, until }; never stored
  #opening = null

  constructor({ api, stored, world = browser }) {
    this.#api = api
    this.#stored = stored
    this.#world = world
  }

  // Throws a Refusal. A token that was refused is replaced, once.
  async post(path, body) {
    const token = await this.#token()
    try {
      return await this.#api.post(path, body, token)
    } catch (refusal) {
      if (refusal.status !== 401) throw refusal
      if (this.#access?.token === token) this.#access = null
      return this.#api.post(path, body, await this.#token())
    }
  }

  async #token() {
    if (this.#access && this.#world.now() < this.#access.until) return this.#access.token
    this.#opening ??= this.#open().finally(() => (this.#opening = null))
    return this.#opening
  }

  #open() {
    return this.#world.alone(async () => {
      // Read when it is our turn: another tab may have spent what was there before.
      const known = this.#stored.read()
      const session = (known && (await this.#refreshed(known))) ?? (await this.#api.post("/auth/guest", {}))
      this.#stored.write({ player: session.player.id, refreshToken: session.refreshToken })
      const until = this.#world.now() + session.expiresInSeconds * 1000 - MARGIN_MS
      this.#access = { token: session.accessToken, until }
      return session.accessToken
    }, this.#stored.server)
  }

  // New tokens, or null where the session is over.
  async #refreshed({ refreshToken }) {
    try {
      return await this.#api.post("/auth/refresh", { refreshToken })
    } catch (refusal) {
      if (refusal.status !== 401) throw refusal
      return null
    }
  }
}
