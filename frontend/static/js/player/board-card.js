// board-card.js: a board on a player's page: its rank, its score, and how both change.

import { scored } from "../formatting.js"
import { t } from "../messages.js"

export class BoardCard {
  scope
  board
  streamed = false // whether the stream has the player's row
  #item
  #shown
  #format

  constructor(item) {
    const { board, scope, rank, score, decimals, unit } = item.dataset
    this.board = board
    this.scope = scope
    this.#item = item
    this.#shown = { rank: Number(rank), score: Number(score) }
    this.#format = { decimals: Number(decimals), unit }
  }

  // Show a standing. Returns the move if rank or score changed; null otherwise.
  show({ rank, score, total }) {
    const before = this.#shown
    this.#find(".total").textContent = t("player.of", { n: total })
    if (before.rank === rank && before.score === score) return null
    this.#shown = { rank, score }
    this.#find(".rank").textContent = t("player.rank", { rank })
    const cell = this.#find(".points .score")
    cell.dataset.value = score
    cell.replaceChildren(...scored(score, this.#format).map((group) => Object.assign(document.createElement("span"), { textContent: group })))
    return { board: this.#find("h2 bdi").textContent, from: before.rank, to: rank, points: this.#written(score) }
  }

  #written(score) {
    const { unit } = this.#format
    const number = scored(score, this.#format).join("\u202f")
    return unit && unit !== "s" ? `${number} ${unit}` : number
  }

  #find(selector) {
    return this.#item.querySelector(selector)
  }
}
