// my-standing.js: shows the visitor's points, including those that the server has not counted yet, and their rank.

import { t } from "../messages.js"
import { writtenOut } from "../formatting.js"
import { wonText } from "./round-texts.js"

export class MyStanding {
  #root
  #board

  // `board` has the format of scores: { decimals, sign }.
  constructor(root, board) {
    this.#root = root
    this.#board = board
  }

  render({ rank, shown, pending }, total) {
    const sum = pending.reduce((one, other) => one + other, 0)
    this.#find(".value").textContent = writtenOut(shown ?? 0, this.#board.decimals)
    this.#find(".unsure").hidden = pending.length === 0
    this.#find(".unsure").textContent = t("play.unsure", { points: wonText(sum, this.#board) })
    this.#root.classList.toggle("pending", pending.length > 0)
    this.#find(".rank").textContent = rank ? t("play.rank", { rank, total }) : t(shown === null ? "play.nobody" : "play.soon")
  }

  // Shake once, because expected points did not count. Not if the viewer prefers reduced motion.
  shake() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return
    const steps = [0, -6, 5, -3, 0].map((x) => ({ transform: `translateX(${x}px)` }))
    this.#root.animate(steps, { duration: 350 })
  }

  #find(selector) {
    return this.#root.querySelector(selector)
  }
}
