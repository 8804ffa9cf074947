// player.js: who plays here, and all that he plays by. No DOM.

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

  /** @type {Queue} what he completed, until it is answered */
  queue

  constructor({ api, stored, storage }) {
    this.#stored = stored
    const solver = new Solver()
    this.#session = new Session({ api, stored, solver })
    this.queue = new Queue({ session: this.#session, stored: new StoredActions(storage, stored.server) })
    this.#actions = new Actions({ session: this.#session, solver, queue: this.queue })
  }

  /** His id, null where he has not played yet. */
  get id() {
    return this.#stored.read()?.player ?? null
  }

  /**
   * Begin an action: then call `complete({ points, result })` of what this returns. Throws a Refusal.
   * @param {string} type
   */
  request(type) {
    return this.#actions.request(type)
  }

  /**
   * One whole action whose claim is known beforehand. Its receipt; throws a Refusal.
   * @param {string} type
   * @param {{ points?: number, result?: string }} [claim]
   */
  play(type, claim) {
    return this.#actions.play(type, claim)
  }

  /**
   * His score on a board as it will be, with what waits in the queue. Give it the `me` of the board's stream.
   * @param {string} board
   * @param {{ types?: string[], operator?: string, order?: string }} [rules]
   */
  optimistic(board, rules) {
    return new Optimistic({ queue: this.queue, board, ...rules })
  }

  /**
   * Give the guest a user name and a password; id, scores and what waits in the queue stay. Throws a Refusal, as
   * all that follow.
   * @param {string} username
   * @param {string} password
   */
  upgrade(username, password) {
    return this.#session.upgrade(username, password)
  }

  /**
   * Sign in as a player with a user name. Queued actions count only for the player who completed them.
   * With `merge`, what the guest of this browser scored becomes the player's; where that is refused, the guest goes on.
   * @param {string} username
   * @param {string} password
   * @param {{ merge?: boolean }} [options]
   */
  signIn(username, password, options) {
    return this.#session.signIn(username, password, options)
  }

  /**
   * Merge a guest into this account: what the guest scored is the player's. Takes the guest's refresh token.
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

  /** What a stream is opened with, to be told where he stands. */
  async ticket() {
    return (await this.#session.post("/stream/ticket", {})).ticket
  }
}
