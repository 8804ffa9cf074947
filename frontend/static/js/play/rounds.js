// rounds.js: the visitor's last rounds, and their results.

import { t, time } from "../messages.js"
import { refusalText, wonText } from "./round-texts.js"

const MOST = 10

const TEXTS = {
  waiting: "play.waiting",
  sent: "play.sent",
  confirmed: "play.counted",
}

export class Rounds {
  #section
  #board

  // `board` has the format of scores: { decimals, sign }.
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
    const played = part("time", "", time(at))
    played.dateTime = new Date(at).toISOString()
    const became = TEXTS[state] ? t(TEXTS[state]) : refusalText(refusal)
    row.append(part("b", "points", wonText(points, this.#board)), part("span", "state", became), played)
    return row
  }
}

function part(name, className, text) {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}
