// optimistic.js: a player's expected score: the server's, plus points that are not counted yet. No DOM.
//
// Points are never added to a score that may include them. While it is unknown whether an action was counted (it
// was sent, and no answer came), news from the board waits until the answer arrives.

import { pending } from "./queue.js"

const APPLY = {
  increment: (score, points) => (score ?? 0) + points,
  decrement: (score, points) => (score ?? 0) - points,
  set: (score, points) => points,
}

export class Optimistic extends EventTarget {
  #queue
  #board
  #types
  #apply
  #server = { score: null, rank: null, version: 0 }
  #unconfirmed = null
  #pending = new Map() // id -> points

  // `types` are the action types that feed the board, all by default. `operator` and `order` are the board's.
  constructor({ queue, board, types = null, operator = "increment", order = "desc" }) {
    super()
    this.#queue = queue
    this.#board = board
    this.#types = types
    this.#apply = APPLY[operator] ?? best(order)
    queue.addEventListener("change", () => this.#update())
    this.#update()
  }

  // { score, rank, shown, pending }: the server's last values, the score to show, and the points not counted yet.
  get state() {
    const { score, rank } = this.#server
    const points = [...this.#pending.values()]
    return { score, rank, pending: points, shown: points.reduce(this.#apply, score) }
  }

  // A `me` frame of the stream.
  see({ b, score, rank, ver }) {
    if (b !== this.#board) return
    this.#unconfirmed = { score, rank, version: ver }
    this.#update()
  }

  #update() {
    const items = this.#queue.items.filter(({ type }) => this.#types?.includes(type) ?? true)
    for (const { receipt } of items) if (receipt) this.#accept(standing(receipt, this.#board))
    if (!items.some(isDoubtful)) this.#accept(this.#unconfirmed)
    const before = this.#pending
    this.#pending = new Map(items.filter(pending).map(({ id, points }) => [id, points]))
    for (const item of items) if (before.has(item.id) && isRejected(item)) this.#rollBack(item)
    this.dispatchEvent(new Event("change"))
  }

  // Ignore old news: a frame may arrive after the receipt of a later action.
  #accept(news) {
    if (news && news.version >= this.#server.version) this.#server = news
  }

  #rollBack(item) {
    this.dispatchEvent(new CustomEvent("rollback", { detail: item }))
  }
}

// The player's standing in a receipt, in the board's own period.
function standing({ standings }, id) {
  return standings.find(({ board, region }) => board === id && !region)
}

function isRejected({ state }) {
  return state === "refused" || state === "expired"
}

function isDoubtful(item) {
  return item.state === "sent" || (item.state === "waiting" && item.doubtful === true)
}

function best(order) {
  const better = order === "asc" ? Math.min : Math.max
  return (score, points) => (score === null ? points : better(score, points))
}
