// game.js: the rounds of a visitor's game: what a press of the button does, and the status text. No DOM.

import { isTemporary } from "../../../sdk/actions/retry.js"
import { t } from "../messages.js"
import { claimFor, roundFor } from "./round.js"
import { noRoundText, queuedText, receiptText, refusalText, unsentText } from "./round-texts.js"

const SLOW_MS = 3000 // after which the text says that the round is still being sent
const UNANSWERED_MS = 2500 // after which the text says that the server has not answered yet
const REST_MS = 1000 // between two rounds, so that a late tap does not start the next one

const browser = { sleep: (ms) => new Promise((resume) => setTimeout(resume, ms)) }

export class Game extends EventTarget {
  state = "ready" // ready, starting, tapping or waiting, sending, then resting and again, or unsent
  round = null
  taps = 0
  text = ""
  #type
  #board
  #actions
  #roundFor
  #ahead
  #platform
  #action = null
  #full = null

  // With `ahead`, the next round may begin before the server has counted the last one.
  constructor({ type, board, actions, rounds = roundFor, ahead = false, platform = browser }) {
    super()
    this.#roundFor = rounds
    this.#ahead = ahead
    this.#type = type
    this.#board = board
    this.#actions = actions
    this.#platform = platform
  }

  // Whether a press has an effect now.
  get pressable() {
    return ["ready", "tapping", "unsent", "again"].includes(this.state)
  }

  press() {
    if (this.state === "tapping") return this.#tap()
    if (this.state === "unsent") return this.#send()
    if (this.pressable) return this.#play()
  }

  async #play() {
    this.#action = null
    this.#change({ state: "starting", text: "", taps: 0, round: null })
    this.#sayIfUnanswered("starting", t("play.unanswered"))
    try {
      this.#action = await this.#actions.request(this.#type)
    } catch (refusal) {
      return this.#rest(noRoundText(refusal))
    }
    await this.#playRound(this.#roundFor(this.#action))
    if (this.round.tapped && this.taps === 0) return this.#rest(t("play.none"))
    return this.#ahead ? this.#sendInBackground() : this.#send()
  }

  async #playRound(round) {
    const full = new Promise((resolve) => (this.#full = resolve))
    if (round.tapped) {
      this.#change({ state: "tapping", round, text: round.text })
    } else {
      this.#change({ state: "waiting", round })
    }
    await Promise.race([full, this.#platform.sleep(round.seconds * 1000)])
  }

  #tap() {
    this.#change({ taps: this.taps + 1 })
    if (this.taps >= this.round.max) this.#full()
  }

  async #send() {
    this.#change({ state: "sending" })
    this.#saySlow()
    try {
      const receipt = await this.#action.complete(claimFor(this.round, this.taps))
      return this.#rest(receiptText(receipt, this.#board))
    } catch (refusal) {
      if (!isTemporary(refusal)) return this.#rest(refusalText(refusal))
      this.#change({ state: "unsent", text: unsentText(refusal) })
      this.#wait(this.#action)
    }
  }

  async #saySlow() {
    const action = this.#action
    const sending = () => this.state === "sending" && this.#action === action
    await this.#platform.sleep(SLOW_MS)
    if (!sending()) return
    this.#change({ text: t("play.still") })
    this.#sayIfUnanswered("sending", t("play.unanswered"))
  }

  // Say it only in this state of this round: the next round may be in the same state by then.
  async #sayIfUnanswered(state, text) {
    const action = this.#action
    await this.#platform.sleep(UNANSWERED_MS)
    if (this.state === state && this.#action === action) this.#change({ text })
  }

  // The action queue also sends an unsent action by itself, as soon as possible.
  #wait(action) {
    this.#sayAnswer(action, (text) => this.state === "unsent" && this.#action === action && this.#rest(text))
  }

  #sayAnswer(action, say) {
    action.answer?.().then(
      (receipt) => say(receiptText(receipt, this.#board)),
      (refusal) => say(refusalText(refusal)),
    )
  }

  #sendInBackground() {
    const action = this.#action
    const say = (text) => this.#action === action && this.#change({ text })
    action.complete(claimFor(this.round, this.taps)).then(
      (receipt) => say(receiptText(receipt, this.#board)),
      (refusal) => {
        if (!isTemporary(refusal)) return say(refusalText(refusal))
        say(queuedText(refusal))
        this.#sayAnswer(action, say)
      },
    )
    return this.#rest(t("play.onTheWay"))
  }

  async #rest(text) {
    this.#change({ state: "resting", text })
    await this.#platform.sleep(REST_MS)
    this.#change({ state: "again" })
  }

  #change(fields) {
    Object.assign(this, fields)
    this.dispatchEvent(new Event("change"))
  }
}
