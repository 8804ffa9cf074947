// reads.js: reads a board's lists by the API. No DOM. Throws a Refusal.

import { Api } from "../../../sdk/actions/api.js"
import { withTies } from "./rows.js"

const ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/

export class Reads {
  #api
  #path
  #where

  // `period` and `region` as in the API; "" for the board's own.
  constructor({ base, board, period = "", region = "" }) {
    this.#api = new Api(base)
    this.#path = `v1/boards/${encodeURIComponent(board)}`
    this.#where = { period, region }
  }

  board() {
    return this.#get(this.#path, {})
  }

  // The element's texts in a language: { language, texts }.
  words(lang) {
    return this.#get("embed.json", { lang })
  }

  page({ offset, limit }) {
    return this.#list("/entries", { offset, limit })
  }

  players(ids) {
    return this.#list("/entries", { players: ids.join(",") })
  }

  // Empty if the player has no place. Asking for their neighbours would be answered with an error then, which browsers
  // write to the console.
  async around(player, radius) {
    const own = await this.entry(player)
    return own.rows.length ? this.#list(`/entries/${player}/around`, { radius }) : own
  }

  // The row of a player; the id may be any text that was typed.
  async entry(player) {
    return ID.test(player) ? this.players([player]) : { rows: [], total: 0 }
  }

  async #list(path, query) {
    const listing = await this.#get(`${this.#path}${path}`, { ...this.#where, ...query })
    return { rows: rowsIn(listing), total: listing.total }
  }

  #get(path, query) {
    const given = Object.entries(query).filter(([, value]) => value !== "")
    return this.#api.get(given.length ? `${path}?${new URLSearchParams(given)}` : path)
  }
}

function rowsIn({ entries }) {
  return withTies(
    entries.map(({ rank, player, score, columns }) => ({
      id: player.id,
      n: player.displayName,
      s: score,
      c: Object.values(columns),
      rank,
    })),
  )
}
