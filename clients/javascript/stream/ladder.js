// ladder.js: which carrier comes next. Pure.
//
// Each rung gets through if the one above it does not: proxies that hold streams back let WebSockets
// pass, those that know no WebSocket let answers pass, and some cut answers that take their time.

export const CARRIERS = ["sse", "ws", "long-poll", "poll"]

const PATIENCE = 4 // two failures before anything was heard, or four streams in a row that did not hold
const SOON_MS = 15_000 // who failed by an outage was not to blame
const LATER_MS = 50_000 // with the time of a trial, a minute at most after the best carrier gets through again

export class Ladder {
  #carriers
  #rung
  #blame = 0
  #tries = 0 // of the first carrier, since a lower one carries

  // `first` is the carrier that was the best one lately.
  constructor(carriers = CARRIERS, first = "") {
    this.#carriers = [...carriers]
    this.#rung = Math.max(0, this.#carriers.indexOf(first))
  }

  get carrier() {
    return this.#carriers[this.#rung]
  }

  get best() {
    return this.#carriers[0]
  }

  // How long to stay before the best carrier is tried beside; null if it is the one.
  get climbMs() {
    if (this.#rung === 0) return null
    return this.#tries === 0 ? SOON_MS : LATER_MS
  }

  restart() {
    this.#rung = 0
    this.#blame = 0
  }

  stayed() {
    this.#tries += 1
  }

  held() {
    this.#blame = 0
  }

  failed({ heard }) {
    this.#blame += heard ? 1 : 2
    if (this.#blame >= PATIENCE) this.#step()
  }

  // It was opened, and nothing came: something on the way holds it back.
  silent() {
    this.#step()
    this.#tries = 1
  }

  // This browser does not have it. Whether another one is left.
  missing() {
    this.#carriers.splice(this.#rung, 1)
    this.#rung %= this.#carriers.length || 1
    this.#blame = 0
    return this.#carriers.length > 0
  }

  // After the last one everything is away, and it begins again with the first.
  #step() {
    this.#rung = (this.#rung + 1) % this.#carriers.length
    this.#blame = 0
    this.#tries = 0
  }
}
