// board-api.js: fetches a board and its rows from the API. No DOM. All methods throw a Refusal if the API refuses.

import { Api } from "../../../sdk/actions/api.js"
import { withTies } from "./rows.js"
import { isLongEnough } from "./search.js"

const MOST_FOUND = 50 // the most that the API returns
const PLAYER_ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/

export class BoardApi {
  #api
  #path
  #window

  // `period` and `region` have the values of the API; "" stands for the board's default.
  constructor({ base, board, period = "", region = "" }) {
    this.#api = new Api(base)
    this.#path = `v1/boards/${encodeURIComponent(board)}`
    this.#window = { period, region }
  }

  board() {
    return this.#get(this.#path, {})
  }

  // The texts of the board element in a language: { language, texts, avatars }, with the path of players' pictures.
  texts(lang) {
    return this.#get("embed.json", { lang })
  }

  page({ offset, limit }) {
    return this.#list("/entries", { offset, limit })
  }

  players(ids) {
    return this.#list("/entries", { players: ids.join(",") })
  }

  // The players whose names begin with these words, by name; otherwise the player with this id.
  async search(words) {
    const found = isLongEnough(words) ? await this.#list("/entries", { search: words, limit: MOST_FOUND }) : { rows: [] }
    return found.rows.length ? found : this.entry(words)
  }

  // The player's row and its neighbours, or no rows if the player has no place. The API answers 404 then, which browsers
  // write to the console, so the player's row is fetched first.
  async around(player, radius) {
    const own = await this.entry(player)
    return own.rows.length ? this.#list(`/entries/${player}/around`, { radius }) : own
  }

  // The player's row. `player` may be any text that a viewer typed: what can't be an id finds no rows.
  async entry(player) {
    return PLAYER_ID.test(player) ? this.players([player]) : { rows: [], total: 0 }
  }

  async #list(path, query) {
    const listing = await this.#get(`${this.#path}${path}`, { ...this.#window, ...query })
    return { rows: rowsIn(listing), total: listing.total }
  }

  #get(path, query) {
    const params = Object.entries(query).filter(([, value]) => value !== "")
    return this.#api.get(params.length ? `${path}?${new URLSearchParams(params)}` : path)
  }
}

// The API's entries as rows: { id, n, s, c } are the names that the stream's frames use.
function rowsIn({ entries }) {
  return withTies(
    entries.map(({ rank, player, score, columns, shown }) => ({
      id: player.id,
      n: player.displayName,
      s: score,
      c: Object.values(columns),
      ...(shown && { m: shown }),
      rank,
    })),
  )
}
