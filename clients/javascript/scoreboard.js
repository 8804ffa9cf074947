// scoreboard.js: the client of a Scoreboard server, for browsers and Node.js. Modules that only players need are
// loaded when somebody plays.

import { Api, Refusal } from "./actions/api.js"
import { StoredSession } from "./actions/stored-session.js"
import { ownServer } from "./browser-storage.js"
import { LiveBoard } from "./stream/live-board.js"

export { LiveBoard, Refusal }

/**
 * @typedef {object} Entry
 * @property {number} rank
 * @property {string} id
 * @property {string} name
 * @property {number} score
 * @property {Record<string, number>} columns
 * @property {Record<string, string>} shown the metadata that the board shows, by field
 *
 * @typedef {object} WatchOptions
 * @property {string} [region]
 * @property {string} [period] a further period that the board keeps, such as "daily"
 * @property {boolean} [me] also report the standing of this browser's player; a new visitor becomes a guest
 * @property {("sse" | "ws" | "long-poll" | "poll")[]} [carriers] the allowed carriers, the best first
 * @property {number} [hiddenMs] how long a hidden page stays connected; a minute by default
 *
 * @typedef {object} Told a message of the server to this browser's player: the `detail` of a LiveBoard's event "tell"
 * @property {string} kind such as "merged"; ignore kinds that you do not know
 * @property {string} at when it happened
 * @property {Record<string, unknown>} data
 *
 * @typedef {object} ReadOptions
 * @property {string} [period]
 * @property {string} [region]
 * @property {number} [limit]
 * @property {number} [offset]
 * @property {string[]} [players] only these
 * @property {string} [around] only the entries around this player
 * @property {number} [radius]
 * @property {string} [search] only players whose names begin with it, by name; at most 50
 */
export class Scoreboard {
  #url
  #api
  #stored
  #storage
  #displayName
  #player = null

  /**
   * @param {object} [options]
   * @param {string} [options.url] the server's address; by default the one that this module came from
   * @param {Storage | null} [options.storage] for the session and the queue; localStorage by default
   * @param {string} [options.displayName] the name of a new guest; by default the server makes one up
   */
  constructor({ url = ownServer, storage, displayName } = {}) {
    this.#url = url.replace(/\/+$/, "")
    this.#api = new Api(`${this.#url}/v1`)
    this.#storage = storage
    this.#displayName = displayName
    this.#stored = new StoredSession(storage, serverAt(this.#url))
  }

  /** The id of this browser's player, null if nobody has played yet. */
  get playerId() {
    return this.#stored.read()?.player ?? null
  }

  /**
   * Follow a board. The callback is called at each change, of the board or of the connection. With `me` the board
   * also dispatches "tell" events with a {@link Told}.
   * @param {string} board
   * @param {WatchOptions} [options]
   * @param {(live: LiveBoard) => void} [onChange]
   * @returns {LiveBoard} call its `stop()` in the end
   */
  watch(board, { region = "", period = "", me = false, ...options } = {}, onChange = () => {}) {
    const scope = board + (region && `:${region}`) + (period && `@${period}`)
    const mine = me ? { ticket: () => this.#ticket(), player: this.playerId ?? "new" } : {}
    const live = new LiveBoard(this.#url, { scope, ...options, ...mine })
    for (const type of ["change", "status"]) live.addEventListener(type, () => onChange(live))
    live.start()
    return live
  }

  /**
   * Read a board once: the answer of `GET /v1/boards/{board}/entries`, with retries if they may help. Throws a
   * Refusal.
   * @param {string} board
   * @param {ReadOptions} [options]
   */
  async read(board, { around = "", players = [], ...more } = {}) {
    const query = new URLSearchParams(Object.entries(more).filter(([, value]) => value !== undefined))
    if (players.length) query.set("players", players.join())
    const path = `/boards/${encodeURIComponent(board)}/entries`
    return this.#get(around ? `${path}/${encodeURIComponent(around)}/around?${query}` : `${path}?${query}`)
  }

  /**
   * A player as everybody may see them: the name, and the results on all public boards. The answer of
   * `GET /v1/players/{player}`, with retries if they may help. Throws a Refusal, `player_not_listed` if no public board
   * shows the player.
   * @param {string} player the player's id
   */
  profile(player) {
    return this.#get(`/players/${encodeURIComponent(player)}`)
  }

  /**
   * Export all rows of one state of a board: a Response whose body is a stream. Throws a Refusal.
   * @param {string} board
   * @param {{ format?: "csv" | "jsonl", period?: string, region?: string }} [options]
   */
  export(board, { format = "csv", period = "", region = "" } = {}) {
    const query = new URLSearchParams(Object.entries({ period, region }).filter(([, value]) => value))
    return this.#api.file(`/boards/${encodeURIComponent(board)}/export.${format}?${query}`)
  }

  /** The player of this browser, with `request`, `play`, `queue` and `optimistic`. */
  player() {
    return (this.#player ??= this.#load())
  }

  /**
   * Play a whole action: request it, do its proof of work, complete it. Resolves with the receipt; throws a Refusal.
   * Without a connection the completed action waits in the player's queue.
   * @param {string} type
   * @param {{ points?: number, result?: string }} [claim]
   */
  async play(type, claim) {
    return (await this.player()).play(type, claim)
  }

  async #get(address) {
    const { persist } = await import("./actions/retry.js")
    return persist(() => this.#api.get(address))
  }

  async #load() {
    try {
      const { Player } = await import("./actions/player.js")
      return new Player({ api: this.#api, stored: this.#stored, storage: this.#storage, displayName: this.#displayName })
    } catch (error) {
      this.#player = null // the next call tries again
      throw error
    }
  }

  async #ticket() {
    return (await this.player()).ticket()
  }
}

// A server's name in storage: its whole address, with a slash at its end.
function serverAt(url) {
  return new URL(`${url}/`, globalThis.location?.href ?? ownServer).href
}
