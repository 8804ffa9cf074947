// lights.js: nine lights, one of which is lit. Hitting it before it moves scores a point.

import { howText, roundFor } from "./round.js"

const SECONDS = 8
const HOP_MS = 900

export function lightsRoundFor(action) {
  const round = roundFor(action)
  if (!round.tapped) return round
  const seconds = Math.max(SECONDS, action.minSeconds)
  return { ...round, seconds, text: howText("play.catchHow", seconds, round.max) }
}

export class Lights {
  #field
  #cells
  #game
  #lit = null
  #timer = null

  constructor(field, game) {
    this.#field = field
    this.#cells = [...field.querySelectorAll("button")]
    this.#game = game
    field.addEventListener("pointerdown", ({ target }) => this.#hit(target.closest("button")))
    field.addEventListener("keydown", (event) => this.#typed(event))
    game.addEventListener("change", () => this.#render())
  }

  #render() {
    const playing = this.#game.state === "tapping"
    if (playing === (this.#lit !== null)) return
    const focused = this.#field.contains(document.activeElement)
    this.#field.inert = !playing
    if (playing) this.#begin()
    else this.#end(focused)
  }

  #begin() {
    this.#field.focus({ preventScroll: true })
    this.#hop()
  }

  #end(focused) {
    clearTimeout(this.#timer)
    this.#light(null)
    if (focused) this.#field.dispatchEvent(new Event("over")) // the focus must go elsewhere
  }

  #hop() {
    clearTimeout(this.#timer)
    const others = this.#cells.filter((cell) => cell !== this.#lit)
    this.#light(others[Math.floor(Math.random() * others.length)])
    this.#timer = setTimeout(() => this.#hop(), HOP_MS)
  }

  #light(cell) {
    this.#lit?.classList.remove("lit")
    cell?.classList.add("lit")
    this.#lit = cell
  }

  #hit(cell) {
    if (!cell || cell !== this.#lit) return
    this.#hop()
    this.#game.press()
  }

  // Digits hit the light of that number; space and Enter hit the focused one.
  #typed(event) {
    if (event.repeat) return
    const focused = event.key === " " || event.key === "Enter"
    const cell = focused ? event.target.closest("button") : this.#cells[digit(event) - 1]
    if (!cell) return
    event.preventDefault()
    this.#hit(cell)
  }
}

// The digit printed on a key: some keyboards type other characters, or need Shift.
function digit({ key, code }) {
  return Number(key) || Number(/^(?:Digit|Numpad)(\d)$/.exec(code)?.[1])
}
