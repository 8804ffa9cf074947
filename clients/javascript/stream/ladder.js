// ladder.js: chooses the carrier to use next. Pure.
//
// Each carrier gets through in networks that block the one before it: proxies that hold event streams back let
// WebSockets pass, proxies without WebSockets let answers pass, and some of them cut slow answers.

export const CARRIERS = ["sse", "ws", "long-poll", "poll"]

const MAX_BLAME = 4 // two failures before the first frame, or four streams in a row that broke early
const SOON_MS = 15_000 // after an outage the best carrier probably works
const LATER_MS = 50_000 // with the time of a trial, a minute at most after the best carrier works again

export class Ladder {
  #carriers
  #index
  #blame = 0 // of the present carrier: a failure counts one, or two if nothing came before it
  #trials = 0 // of the best carrier, while a lower one is in use

  // `first` is the carrier that worked last.
  constructor(carriers = CARRIERS, first = "") {
    this.#carriers = [...carriers]
    this.#index = Math.max(0, this.#carriers.indexOf(first))
  }

  get carrier() {
    return this.#carriers[this.#index]
  }

  get best() {
    return this.#carriers[0]
  }

  // The time until the next trial of the best carrier, beside the present one; null if the present one is the best.
  get trialMs() {
    if (this.#index === 0) return null
    return this.#trials === 0 ? SOON_MS : LATER_MS
  }

  // Begin with the best carrier again.
  restart() {
    this.#index = 0
    this.#blame = 0
  }

  countTrial() {
    this.#trials += 1
  }

  clearBlame() {
    this.#blame = 0
  }

  // The connection failed. `heard` says whether anything came before.
  countFailure({ heard }) {
    this.#blame += heard ? 1 : 2
    if (this.#blame >= MAX_BLAME) this.#next()
  }

  // The connection was opened, and nothing came: something on the way holds it back.
  skipSilent() {
    this.#next()
    this.#trials = 1
  }

  // Remove the present carrier, which this browser lacks. Returns whether another one is left.
  remove() {
    this.#carriers.splice(this.#index, 1)
    this.#index %= this.#carriers.length || 1
    this.#blame = 0
    return this.#carriers.length > 0
  }

  // The first one follows the last one: if all failed, the server is away.
  #next() {
    this.#index = (this.#index + 1) % this.#carriers.length
    this.#blame = 0
    this.#trials = 0
  }
}
