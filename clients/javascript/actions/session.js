// session.js: calls as the player of this browser. A new visitor becomes a guest. No DOM.

import { persist } from "./retry.js"
import { signIn } from "./sign-in.js"

const MARGIN_MS = 30_000 // an access token this close to its end may have expired when it arrives
const SETTLED_MS = 1000 // the time in which another tab stores a session that it got

const browser = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resume) => setTimeout(resume, ms)),
  // One tab at a time. Over plain http browsers have no locks: then the server accepts the same refresh token from
  // two tabs within ten seconds.
  withLock: (run, server) => globalThis.navigator?.locks?.request(`scoreboard.session ${server}`, run) ?? run(),
}

export class Session {
  #api
  #stored
  #solver
  #displayName
  #platform
  #access = null // { token, until }; never stored
  #opening = null

  // `solver` is for sign-ins that need a proof of work. `displayName` is the name of a new guest.
  constructor({ api, stored, solver = null, displayName = "", platform = browser }) {
    this.#api = api
    this.#stored = stored
    this.#solver = solver
    this.#displayName = displayName
    this.#platform = platform
  }

  // Throws a Refusal, as do all of these. A refused access token is replaced once.
  post(path, body) {
    return this.#callAsPlayer((token) => this.#api.post(path, body, token), () => this.#token())
  }

  patch(path, body) {
    return this.#callAsPlayer((token) => this.#api.patch(path, body, token), () => this.#token())
  }

  get(path) {
    return this.#callAsPlayer((token) => this.#api.get(path, token), () => this.#token())
  }

  delete(path) {
    return this.#callAsPlayer((token) => this.#api.delete(path, token), () => this.#token())
  }

  // The player as the server shows them; null if there is none yet.
  async me() {
    return this.#stored.read() ? this.#remember(await this.get("/me")) : null
  }

  // Give this browser's player a display name: a visitor without a player becomes a guest of that name. Resolves with
  // the player.
  async changeName(displayName) {
    if (this.#stored.read()) return this.#remember(await this.patch("/me", { displayName }))
    return this.#enter(() => this.#api.post("/auth/guest", { displayName }))
  }

  // Register a new player, in the place of the one of this browser.
  register(username, password, { displayName = "" } = {}) {
    return this.#enter(() => this.#api.post("/auth/register", { username, password, ...(displayName && { displayName }) }))
  }

  // Give the guest of this browser a user name and a password. The old session ends in all tabs; they find the new
  // one in the storage.
  upgrade(username, password) {
    return this.#enter(() => this.#upgrade({ username, password }))
  }

  // With `merge`, the guest of this browser becomes part of the account. If that is refused, the guest stays.
  signIn(username, password, { merge = false } = {}) {
    return this.#enter(async () => {
      const session = await this.#requestSession({ username, password })
      if (merge) await this.#mergeGuest(session.accessToken)
      return session
    })
  }

  signOut() {
    return this.#withLock(async () => {
      const session = this.#stored.read()
      if (session) await this.#api.post("/auth/logout", { refreshToken: session.refreshToken })
      this.#access = null
      this.#stored.forget()
    })
  }

  async #callAsPlayer(call, tokenNow) {
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
    if (this.#hasToken()) return this.#access.token
    this.#opening ??= this.#withLock(() => this.#openSession()).finally(() => (this.#opening = null))
    return this.#opening
  }

  #hasToken() {
    return this.#access && this.#platform.now() < this.#access.until
  }

  // Run something that only one tab may do at a time.
  #withLock(run) {
    return this.#platform.withLock(run, this.#stored.server)
  }

  #enter(enter) {
    return this.#withLock(async () => {
      const session = await enter()
      this.#take(session)
      return session.player
    })
  }

  async #openSession() {
    // Read under the lock: another tab may have spent the token that was stored before.
    const session = this.#stored.read()
    return this.#take((session && (await this.#refresh(session))) ?? (await this.#newGuest()))
  }

  #newGuest() {
    return this.#api.post("/auth/guest", this.#displayName ? { displayName: this.#displayName } : {})
  }

  // Keep the display name with the session, unless it is now another player's.
  #remember(player) {
    const known = this.#stored.read()
    if (known?.player === player.id && known.name !== player.displayName) {
      this.#stored.write({ ...known, name: player.displayName })
    }
    return player
  }

  #take({ player, accessToken, refreshToken, expiresInSeconds }) {
    const name = player.displayName
    this.#stored.write({ player: player.id, refreshToken, ...(name && { name }), ...(player.guest === false && { named: true }) })
    this.#access = { token: accessToken, until: this.#platform.now() + expiresInSeconds * 1000 - MARGIN_MS }
    return accessToken
  }

  // New tokens, or null if the session of a guest has ended.
  async #refresh(session) {
    try {
      return await this.#api.post("/auth/refresh", { refreshToken: session.refreshToken })
    } catch (refusal) {
      if (refusal.status !== 401) throw refusal
      const newer = await this.#newerThan(session)
      if (newer) return this.#refresh(newer)
      if (session.named) throw refusal // a guest would be another player
      return null
    }
  }

  // The session that another tab has stored since; it may just have set a password for the player.
  async #newerThan({ refreshToken }) {
    await this.#platform.sleep(SETTLED_MS)
    const session = this.#stored.read()
    return session && session.refreshToken !== refreshToken ? session : null
  }

  async #upgrade(credentials) {
    const call = (token) => this.#api.post("/auth/upgrade", credentials, token)
    try {
      return await this.#callAsPlayer(call, () => (this.#hasToken() ? this.#access.token : this.#openSession()))
    } catch (refusal) {
      if (refusal.status !== 0 && refusal.status < 500) throw refusal
      return this.#afterLostAnswer(credentials, refusal)
    }
  }

  // The server may have done the upgrade. Then the old tokens are invalid, and the password works.
  async #afterLostAnswer(credentials, refusal) {
    try {
      const session = await this.#requestSession(credentials)
      if (session.player.id === this.#stored.read()?.player) return session
    } catch {
      // The upgrade was not done.
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
      if (refusal.code !== "invalid_guest_token") throw refusal // the guest no longer exists
    }
  }

  #requestSession(credentials) {
    return signIn(this.#api, this.#solver, credentials)
  }
}
