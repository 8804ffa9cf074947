// session.js: calls as the player of this browser. Who comes for the first time becomes a guest. No DOM.

import { persist } from "./retry.js"
import { signIn } from "./sign-in.js"

const MARGIN_MS = 30_000 // an access token this close to its end may be over when it arrives
const SETTLED_MS = 1000 // another tab that got a new session has written it by then

const browser = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resume) => setTimeout(resume, ms)),
  // One tab at a time. Over plain http there are no locks: there the server forgives two tabs that
  // send the same refresh token within ten seconds.
  withLock: (run, server) => globalThis.navigator?.locks?.request(`scoreboard.session ${server}`, run) ?? run(),
}

export class Session {
  #api
  #stored
  #solver
  #world
  #access = null // { token, until }; never stored
  #opening = null

  // `solver` is for signing in by a name that many try.
  constructor({ api, stored, solver = null, world = browser }) {
    this.#api = api
    this.#stored = stored
    this.#solver = solver
    this.#world = world
  }

  // Throws a Refusal, as all of these. A token that was refused is replaced, once.
  post(path, body) {
    return this.#asPlayer((token) => this.#api.post(path, body, token), () => this.#token())
  }

  patch(path, body) {
    return this.#asPlayer((token) => this.#api.patch(path, body, token), () => this.#token())
  }

  get(path) {
    return this.#asPlayer((token) => this.#api.get(path, token), () => this.#token())
  }

  delete(path) {
    return this.#asPlayer((token) => this.#api.delete(path, token), () => this.#token())
  }

  // Gives the guest of this browser a user name and a password. The session of before ends, in all tabs: they find
  // the new one where this one keeps it.
  upgrade(username, password) {
    return this.#enter(() => this.#upgraded({ username, password }))
  }

  // With `merge` the guest of this browser becomes part of the account. Where that can't be, the guest stays.
  signIn(username, password, { merge = false } = {}) {
    return this.#enter(async () => {
      const session = await this.#signedIn({ username, password })
      if (merge) await this.#mergeGuest(session.accessToken)
      return session
    })
  }

  signOut() {
    return this.#withLock(async () => {
      const known = this.#stored.read()
      if (known) await this.#api.post("/auth/logout", { refreshToken: known.refreshToken })
      this.#access = null
      this.#stored.forget()
    })
  }

  async #asPlayer(call, tokenNow) {
    const token = await tokenNow()
    try {
      return await call(token)
    } catch (refusal) {
      if (refusal.status !== 401) throw refusal
      if (this.#access?.token === token) this.#access = null
      return call(await tokenNow())
    }
  }

  async #token() {
    if (this.#good()) return this.#access.token
    this.#opening ??= this.#withLock(() => this.#opened()).finally(() => (this.#opening = null))
    return this.#opening
  }

  #good() {
    return this.#access && this.#world.now() < this.#access.until
  }

  // What follows runs while no other tab does the same.
  #withLock(run) {
    return this.#world.withLock(run, this.#stored.server)
  }

  #enter(enter) {
    return this.#withLock(async () => {
      const session = await enter()
      this.#take(session)
      return session.player
    })
  }

  async #opened() {
    // Read when it is our turn: another tab may have spent what was there before.
    const known = this.#stored.read()
    return this.#take((known && (await this.#refreshed(known))) ?? (await this.#api.post("/auth/guest", {})))
  }

  #take({ player, accessToken, refreshToken, expiresInSeconds }) {
    this.#stored.write({ player: player.id, refreshToken, ...(player.guest === false && { named: true }) })
    this.#access = { token: accessToken, until: this.#world.now() + expiresInSeconds * 1000 - MARGIN_MS }
    return accessToken
  }

  // New tokens, or null where the session of a guest is over.
  async #refreshed(known) {
    try {
      return await this.#api.post("/auth/refresh", { refreshToken: known.refreshToken })
    } catch (refusal) {
      if (refusal.status !== 401) throw refusal
      const newer = await this.#newer(known)
      if (newer) return this.#refreshed(newer)
      if (known.named) throw refusal // as a guest it would be somebody else
      return null
    }
  }

  // What another tab keeps by now, which may just have got a password for the player.
  async #newer({ refreshToken }) {
    await this.#world.sleep(SETTLED_MS)
    const known = this.#stored.read()
    return known && known.refreshToken !== refreshToken ? known : null
  }

  async #upgraded(credentials) {
    const ask = (token) => this.#api.post("/auth/upgrade", credentials, token)
    try {
      return await this.#asPlayer(ask, () => (this.#good() ? this.#access.token : this.#opened()))
    } catch (refusal) {
      if (refusal.status !== 0 && refusal.status < 500) throw refusal
      return this.#afterLostAnswer(credentials, refusal)
    }
  }

  // The server may have done it: then the tokens of before are no good any more, and the password is.
  async #afterLostAnswer(credentials, refusal) {
    try {
      const session = await this.#signedIn(credentials)
      if (session.player.id === this.#stored.read()?.player) return session
    } catch {
      // It did not.
    }
    throw refusal
  }

  async #mergeGuest(accessToken) {
    const guest = this.#stored.read()
    if (!guest || guest.named) return
    const body = { guestRefreshToken: guest.refreshToken }
    try {
      await persist(() => this.#api.post("/me/merge", body, accessToken))
    } catch (refusal) {
      if (refusal.code !== "invalid_guest_token") throw refusal // there is no guest any more
    }
  }

  #signedIn(credentials) {
    return signIn(this.#api, this.#solver, credentials)
  }
}
