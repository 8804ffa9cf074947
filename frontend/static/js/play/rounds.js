// rounds.js: the visitor's last rounds, and what became of each.

import { grouped } from "../words.js"
import { refusalText } from "./says.js"

const MOST = 10

const TEXTS = {
  waiting: "waiting to be sent",
  sent: "on its way",
  confirmed: "counted",
}

export class Rounds {
  #section
  #board

  // `board` says how the page shows scores: { decimals, sign }.
  constructor(section, board) {
    this.#section = section
    this.#board = board
  }

  render(items) {
    const last = items.slice(-MOST).reverse()
    this.#section.hidden = last.length === 0
    this.#section.querySelector("ol").replaceChildren(...last.map((item) => this.#row(item)))
  }

  #row({ id, at, points, state, refusal }) {
    const row = document.createElement("li")
    Object.assign(row.dataset, { id, state })
    const time = part("time", "", new Date(at).toLocaleTimeString())
    time.dateTime = new Date(at).toISOString()
    const won = `${this.#board.sign}${grouped(points, this.#board.decimals).join("")}`
    row.append(part("b", "points", won), part("span", "state", TEXTS[state] ?? refusalText(refusal)), time)
    return row
  }
}

function part(name, className, text) {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}
