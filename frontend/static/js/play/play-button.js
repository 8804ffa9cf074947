// play-button.js: the button of a game. One button serves all its states, so that the focus stays in place.

import { t } from "../messages.js"

const MAX_PIPS = 20

const LABELS = {
  ready: "play.start",
  starting: "play.starting",
  tapping: "play.tap",
  waiting: "play.playing",
  sending: "play.counting",
  unsent: "play.sendAgain",
  resting: "play.again",
  again: "play.again",
}

export class PlayButton {
  #section
  #button
  #pips
  #game
  #labels
  #taps
  #shown = "ready"

  // With `taps` false the points are made elsewhere on the page, and the button only begins rounds.
  constructor(section, game, { labels = {}, taps = true } = {}) {
    this.#labels = { ...LABELS, ...labels }
    this.#taps = taps
    this.#section = section
    this.#button = section.querySelector("button")
    this.#pips = section.querySelector(".pips")
    this.#game = game
    game.addEventListener("change", () => this.#render())
    this.#button.addEventListener("keydown", (event) => event.repeat && event.preventDefault()) // holding the key is one press
  }

  press() {
    if (this.#pressable) this.#game.press()
  }

  get #pressable() {
    return this.#game.pressable && (this.#taps || this.#game.state !== "tapping")
  }

  #render() {
    const { state, round, taps, text } = this.#game
    this.#renderPips(round, taps)
    this.#find(".count").textContent = state === "tapping" && taps ? taps : ""
    const status = this.#find("[role=status]")
    if (status.textContent !== text) status.textContent = text // otherwise it would be read aloud again
    if (state === this.#shown) return
    this.#shown = state
    this.#section.dataset.state = state
    this.#find(".label").textContent = t(this.#labels[state])
    this.#button.setAttribute("aria-disabled", String(!this.#pressable)) // a disabled button would lose the focus
    this.#renderTime(state === "tapping" || state === "waiting" ? round.seconds : 0)
  }

  #renderPips(round, taps) {
    const count = round?.tapped && round.max <= MAX_PIPS ? round.max : 0
    if (this.#pips.childElementCount !== count) {
      this.#pips.replaceChildren(...Array.from({ length: count }, () => document.createElement("i")))
    }
    for (const [index, pip] of [...this.#pips.children].entries()) pip.classList.toggle("on", index < taps)
  }

  // The remaining time as a bar; in steps of a second for readers who prefer reduced motion.
  #renderTime(seconds) {
    const bar = this.#find(".time")
    for (const old of bar.getAnimations()) old.cancel()
    if (!seconds) return
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches
    bar.animate([{ transform: "scaleX(1)" }, { transform: "scaleX(0)" }], {
      duration: seconds * 1000,
      easing: still ? `steps(${Math.ceil(seconds)})` : "linear",
    })
  }

  #find(selector) {
    return this.#section.querySelector(selector)
  }
}
