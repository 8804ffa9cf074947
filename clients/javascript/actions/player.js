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
    this.#session = new Session({ api, stored })
    this.queue = new Queue({ session: this.#session, stored: new StoredActions(storage, stored.server) })
    this.#actions = new Actions({ session: this.#session, solver: new Solver(), queue: this.queue })
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

  /** What a stream is opened with, to be told where he stands. */
  async ticket() {
    return (await this.#session.post("/stream/ticket", {})).ticket
  }
}
