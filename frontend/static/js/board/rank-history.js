// rank-history.js: rank changes since the page was opened, and the recent ranks of each row. Pure.

const STATES_KEPT = 20
const APART_MS = 2000 // faster states count as one: twenty states are at least forty seconds

export class RankHistory {
  since = null // when the first state was seen
  #first = new Map()
  #trends = new Map()
  #newestAt = -Infinity

  // Forget everything, for another period or another board.
  clear() {
    this.since = null
    this.#first.clear()
    this.#trends.clear()
    this.#newestAt = -Infinity
  }

  // Take a whole state of the board: rows with `id` and `rank`.
  see(rows, at) {
    const again = at - this.#newestAt < APART_MS
    if (this.since === null) {
      this.since = at
      this.#first = new Map(rows.map(({ id, rank }) => [id, rank]))
    }
    if (!again) this.#newestAt = at
    const here = new Map(rows.map(({ id, rank }) => [id, rank]))
    for (const id of this.#trends.keys()) if (!here.has(id)) this.#trends.delete(id)
    for (const [id, rank] of here) this.#trends.set(id, extended(this.#trends.get(id), rank, again))
  }

  // Places won (negative: lost), or "new" for a row that was not there at first.
  change({ id, rank }) {
    const first = this.#first.get(id)
    if (first !== undefined) return first - rank
    return this.since !== null && this.#trends.has(id) ? "new" : 0
  }

  // A row's ranks in the last states, oldest first.
  trend(id) {
    return this.#trends.get(id) ?? []
  }
}

// Ranks as points of a line across a box, with the best rank at the top.
export function linePoints(ranks, { width, height }) {
  const best = Math.min(...ranks)
  const span = Math.max(...ranks) - best || 1
  const step = width / (ranks.length - 1)
  return ranks.map((rank, index) => [step * index, (height * (rank - best)) / span])
}

function extended(trend, rank, again) {
  if (!trend) return [rank]
  if (again && trend.length > 1) return [...trend.slice(0, -1), rank]
  return [...trend, rank].slice(-STATES_KEPT)
}
