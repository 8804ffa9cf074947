// reads.js: a board's lists as the API answers them. No DOM. Throws a Problem.

import { withTies } from "./rows.js"

const ANSWER_MS = 6000
const ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/

// The server's no. `code` is one of docs/errors.md; "no_answer" where nothing was heard.
export class Problem extends Error {
  constructor({ status = 0, code = "no_answer", detail = "The server did not answer." } = {}) {
    super(detail)
    Object.assign(this, { name: "Problem", status, code, detail })
  }
}

export class Reads {
  #base
  #url
  #where
  #fetch

  // `period` and `region` as the API takes them; "" for the board's own.
  constructor({ base, board, period = "", region = "", fetch = (...asked) => globalThis.fetch(...asked) }) {
    this.#base = base
    this.#url = `${base}v1/boards/${encodeURIComponent(board)}`
    this.#where = { period, region }
    this.#fetch = fetch
  }

  board() {
    return this.#get(this.#url, {})
  }

  // What the element says, in a language: { language, texts }.
  words(lang) {
    return this.#get(`${this.#base}embed.json`, { lang })
  }

  page({ offset, limit }) {
    return this.#list("/entries", { offset, limit })
  }

  players(ids) {
    return this.#list("/entries", { players: ids.join(",") })
  }

  // Nobody, where the player has no place: what is asked for by name would be answered with an error then,
  // which browsers write down.
  async around(player, radius) {
    const own = await this.entry(player)
    return own.rows.length ? this.#list(`/entries/${player}/around`, { radius }) : own
  }

  // Of whatever somebody took for an id.
  async entry(player) {
    return ID.test(player) ? this.players([player]) : { rows: [], total: 0 }
  }

  async #list(path, query) {
    const listing = await this.#get(`${this.#url}${path}`, { ...this.#where, ...query })
    return { rows: rowsIn(listing), total: listing.total }
  }

  async #get(url, query) {
    const given = Object.entries(query).filter(([, value]) => value !== "")
    const answer = await this.#heard(`${url}${given.length ? `?${new URLSearchParams(given)}` : ""}`)
    const body = await answer.json().catch(() => ({}))
    if (answer.ok) return body.data
    throw new Problem({ status: answer.status, code: body.code ?? `http_${answer.status}`, detail: body.detail })
  }

  async #heard(url) {
    const patience = new AbortController()
    const timer = setTimeout(() => patience.abort(), ANSWER_MS)
    try {
      return await this.#fetch(url, { credentials: "omit", signal: patience.signal })
    } catch {
      throw new Problem()
    } finally {
      clearTimeout(timer)
    }
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
