// stand.js: where the visitor stands: his points with those that are not counted yet, and his rank.

import { grouped } from "../words.js"
import { ordinal } from "./says.js"

const TEXTS = {
  nobody: "Play a round to be ranked.",
  soon: "Your rank follows in a moment.",
  unsure: "not counted yet",
}

export class Stand {
  #root
  #board

  // `board` says how the page shows scores: { decimals, sign }.
  constructor(root, board) {
    this.#root = root
    this.#board = board
  }

  render({ rank, shown, pending }, total) {
    const sum = pending.reduce((one, other) => one + other, 0)
    this.#find(".value").textContent = this.#number(shown ?? 0)
    this.#find(".unsure").hidden = pending.length === 0
    this.#find(".unsure").textContent = `${this.#board.sign}${this.#number(sum)} ${TEXTS.unsure}`
    this.#root.classList.toggle("pending", pending.length > 0)
    this.#find(".rank").textContent = rank ? `${ordinal(rank)} of ${total}` : shown === null ? TEXTS.nobody : TEXTS.soon
  }

  // Points were taken back: shake once, where somebody likes things that move.
  shake() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return
    const steps = [0, -6, 5, -3, 0].map((x) => ({ transform: `translateX(${x}px)` }))
    this.#root.animate(steps, { duration: 350 })
  }

  #number(value) {
    return grouped(value, this.#board.decimals).join("")
  }

  #find(selector) {
    return this.#root.querySelector(selector)
  }
}
