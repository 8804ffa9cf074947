// Reading a board: the answers of the product, with its fields, its order and its tie rule.
//
// A board is a sorted set of scores. Its members begin with a number that is greater the earlier a score was reached, so
// that of two equal scores the earlier one is ahead. A hash has each player's number, and another the board's state.
export const PLACES = 25 // digits of that number: of the time, and of the fact
const LATEST = 10 ** 13
const TIME_DIGITS = 13

export const keys = (board) => [`reads:${board}:order`, `reads:${board}:numbers`, `reads:${board}:state`, "reads:names"]

export const etag = (version, path) => `W/"${version}-${path.length}"`

export const ENTRY = /^\/v1\/boards\/([^/?]+)\/entries\/([^/?]+)(\/around)?$/
export const LIST = /^\/v1\/boards\/([^/?]+)\/entries\?limit=(\d{1,4})$/
export const RADIUS = 5

// Rows from what ZREVRANGE WITHSCORES returns, `names` in the same order; null for a player without one.
export function rows(found, names, first, total) {
  const entries = []
  for (let at = 0; at < found.length; at += 2) {
    const member = found[at]
    const player = member.slice(PLACES)
    const position = first + at / 2
    entries.push({
      rank: position + 1,
      player: { id: player, displayName: names[at / 2] ?? player },
      score: Number(found[at + 1]),
      columns: {},
      reachedAt: new Date(LATEST - Number(member.slice(0, TIME_DIGITS))).toISOString(),
      metadata: null,
      percentile: percentile(position, total),
    })
  }
  return entries
}

export const players = (found) => found.filter((_, at) => at % 2 === 0).map((member) => member.slice(PLACES))

export function list(board, total, version, at, entries, limit) {
  const next = entries.length > 0 && entries.at(-1).rank < total && limit ? cursor(board, entries.at(-1)) : null
  const page = { next, limit: limit ?? entries.length }
  const asOf = new Date(Number(at)).toISOString()
  return { data: { board, period: "all", region: null, total, id: `${at}-${version}`, asOf, entries }, page }
}

const cursor = (board, row) => Buffer.from(`${board}\n${row.score}\n${row.player.id}`).toString("base64url")

const percentile = (ahead, total) =>
  total <= 1 ? 100 : Math.round((10000 * (total - 1 - ahead)) / (total - 1)) / 100
