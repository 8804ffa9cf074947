// player.js: the player of this browser, with their session, action queue and actions. No DOM.

import { Actions } from "./actions.js"
import { Optimistic } from "./optimistic.js"
import { Queue } from "./queue.js"
import { Session } from "./session.js"
import { Solver } from "./solver.js"
import { StoredActions } from "./stored-actions.js"

export class Player {
  #session
  #actions
  #stored

  /** @type {Queue} completed actions, until they are answered */
  queue

  constructor({ api, stored, storage, displayName }) {
    this.#stored = stored
    const solver = new Solver()
    this.#session = new Session({ api, stored, solver, displayName })
    this.queue = new Queue({ session: this.#session, stored: new StoredActions(storage, stored.server) })
    this.#actions = new Actions({ session: this.#session, solver, queue: this.queue })
  }

  /** The player's id; null before the first action. */
  get id() {
    return this.#stored.read()?.player ?? null
  }

  /** The player's display name, as far as this browser knows it; null before the first action. */
  get displayName() {
    return this.#stored.read()?.name ?? null
  }

  /** Whether the player of this browser is a guest, or nobody yet: a player without a user name. */
  get guest() {
    return !this.#stored.read()?.named
  }

  /**
   * Begin an action. Resolves with the action; call its `complete({ points, result })`. Throws a Refusal.
   * @param {string} type
   */
  request(type) {
    return this.#actions.request(type)
  }

  // An action that was requested before, perhaps by another page: for StoredStock.
  resume(requested, age) {
    return this.#actions.resume(requested, age)
  }

  /**
   * Request and complete an action whose claim is known beforehand. Resolves with its receipt; throws a Refusal.
   * @param {string} type
   * @param {{ points?: number, result?: string }} [claim]
   */
  play(type, claim) {
    return this.#actions.play(type, claim)
  }

  /**
   * The player's expected score on a board: with the queued actions. Pass it the `me` of the board's stream.
   * @param {string} board
   * @param {{ types?: string[], operator?: string, order?: string }} [rules]
   */
  optimistic(board, rules) {
    return new Optimistic({ queue: this.queue, board, ...rules })
  }

  /**
   * The player as the server shows them: { id, username, displayName, guest, region, role, createdAt }. Null if nobody
   * has played in this browser yet. Throws a Refusal, as do all methods below.
   */
  me() {
    return this.#session.me()
  }

  /**
   * Change the player's own display name. A new visitor becomes a guest of that name. Resolves with the player.
   * @param {string} displayName
   */
  changeName(displayName) {
    return this.#session.changeName(displayName)
  }

  /**
   * Register a new player, who takes the place of this browser's. A guest who wants to keep id and scores is upgraded
   * instead. Without a `displayName` others see the user name.
   * @param {string} username
   * @param {string} password
   * @param {{ displayName?: string }} [options]
   */
  register(username, password, options) {
    return this.#session.register(username, password, options)
  }

  /**
   * Give the guest a user name and a password. Id, scores and queued actions stay.
   * @param {string} username
   * @param {string} password
   */
  upgrade(username, password) {
    return this.#session.upgrade(username, password)
  }

  /**
   * Sign in as a player with a user name. Queued actions count only for the player who completed them.
   * With `merge`, the scores of this browser's guest become the player's. If that is refused, the guest stays.
   * @param {string} username
   * @param {string} password
   * @param {{ merge?: boolean }} [options]
   */
  signIn(username, password, options) {
    return this.#session.signIn(username, password, options)
  }

  /**
   * Merge a guest into this account: the guest's scores become the player's. Takes the guest's refresh token.
   * @param {string} guestRefreshToken
   */
  async merge(guestRefreshToken) {
    return (await this.#session.post("/me/merge", { guestRefreshToken })).player
  }

  /** Sign out. The next player of this browser is a new guest, or signs in. */
  signOut() {
    return this.#session.signOut()
  }

  /**
   * Change the password. All other sessions of the player end.
   * @param {string} currentPassword
   * @param {string} newPassword
   */
  async changePassword(currentPassword, newPassword) {
    await this.#session.post("/me/password", { currentPassword, newPassword })
  }

  /** The open sessions: { id, createdAt, lastUsedAt, current }, the one that was used last first. */
  sessions() {
    return this.#session.get("/me/sessions")
  }

  /**
   * End one of the player's sessions.
   * @param {string} id
   */
  async endSession(id) {
    await this.#session.delete(`/me/sessions/${encodeURIComponent(id)}`)
  }

  /** End all of the player's sessions but the one of this browser. */
  async endOtherSessions() {
    await this.#session.delete("/me/sessions")
  }

  /**
   * As a moderator, give a player another display name. Resolves with the name as it is shown.
   * @param {string} player
   * @param {string} displayName
   * @returns {Promise<string>}
   */
  async rename(player, displayName) {
    return (await this.#session.patch(`/admin/players/${encodeURIComponent(player)}`, { displayName })).displayName
  }

  /** A stream ticket. A stream that is opened with it also sends the player's own standing. */
  async ticket() {
    return (await this.#session.post("/stream/ticket", {})).ticket
  }
}
