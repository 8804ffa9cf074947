// actions.js: the action protocol. An action is requested, carried out, and completed with a proof of work for its
// claim. Its points count once, however often its action token is sent. No DOM.

import { Refusal } from "./api.js"
import { persist } from "./retry.js"
import { sha256 } from "./sha256.js"

const MAX_RESULT_BYTES = 4096 // for servers whose answer has no resultBytes
const MARGIN_MS = 100 // a timer may fire early, and completing too early counts against the player

const browser = {
  now: () => performance.now(), // unlike Date.now(), it does not jump when the clock of the device is set
  random: () => Math.random(),
  sleep: (ms) => new Promise((resume) => setTimeout(resume, ms)),
}

export class Actions {
  #parts

  // With a queue, completed actions survive outages and reloads of the page.
  constructor({ session, solver, queue = null, platform = browser }) {
    this.#parts = { session, solver, queue, platform }
  }

  // Request and complete an action whose claim is known beforehand. Resolves with its receipt.
  async play(type, claim = {}) {
    return (await this.request(type)).complete(claim)
  }

  // Request an action. Throws a Refusal, as all methods here do, once retrying is of no use.
  async request(type) {
    const { session, platform } = this.#parts
    const answer = await persist(() => session.post("/actions/request", { actionType: type }), platform)
    return new Action(answer, this.#parts, lifeOf(answer))
  }

  // An action that was requested `ageMs` ago, perhaps by another page. `requested` is the server's answer.
  resume(requested, { leftMs, ageMs }) {
    return new Action(requested, this.#parts, { leftMs, ageMs })
  }
}

class Action {
  #requested
  #parts
  #earliestAt
  #expiresAt
  #proof = null

  // `requested` is the server's answer to the request, which came `ageMs` ago.
  constructor(requested, parts, { leftMs, ageMs }) {
    this.#requested = requested
    this.#parts = parts
    const now = parts.platform.now()
    this.#earliestAt = now - ageMs + requested.minSeconds * 1000 + MARGIN_MS
    this.#expiresAt = now + leftMs
  }

  // The server's answer to the request, by which `resume` makes the action again.
  get requested() {
    return this.#requested
  }

  get type() {
    return this.#requested.actionType
  }

  // The points: a number, or { min, max } if the claim chooses among them.
  get points() {
    return this.#requested.points
  }

  get minSeconds() {
    return this.#requested.minSeconds
  }

  // The largest size of `result`, in bytes as JSON without the quotes.
  get resultBytes() {
    return this.#requested.resultBytes ?? MAX_RESULT_BYTES
  }

  // The time left to complete the action.
  get leftMs() {
    return this.#expiresAt - this.#parts.platform.now()
  }

  // Resolves with the receipt. May be called again after a Refusal; it then sends the claim of the first call.
  async complete({ points, result = "" } = {}) {
    const { session, queue, platform } = this.#parts
    if (!this.#proof) this.#check(result) // before solving and queueing a claim that the server would refuse
    this.#proof ??= this.#prove(points, result)
    const [proof] = await Promise.all([this.#proof, this.#untilEarliest()])
    const body = { actionToken: this.#requested.actionToken, proof }
    if (queue) return queue.add({ type: this.#requested.actionType, points: proof.points ?? this.points, body })
    return persist(() => session.post("/actions/complete", body), platform)
  }

  // Resolves with the receipt of a completed action that is in the queue, however long that takes.
  answer() {
    return this.#parts.queue.answer(this.#requested)
  }

  #check(result) {
    const bytes = new TextEncoder().encode(JSON.stringify(result)).length - 2
    if (bytes <= this.resultBytes) return
    const detail = `result may take ${this.resultBytes} bytes as JSON, and takes ${bytes}. Send less.`
    throw new Refusal({ status: 400, code: "result_too_large", detail })
  }

  async #prove(points, result) {
    const { nonce, difficulty } = this.#requested.challenge
    const checksum = sha256(`${points ?? ""}|${result}`)
    const solution = await this.#parts.solver.solve({ nonce, checksum, difficulty })
    return { solution, checksum, points, result } // JSON omits `points` if it is undefined
  }

  async #untilEarliest() {
    const { now, sleep } = this.#parts.platform
    const ms = this.#earliestAt - now()
    if (ms > 0) await sleep(ms)
  }
}

// The time that a new action has: the difference of two times of the server's clock, which may differ from the clock of
// this device.
function lifeOf({ expiresAt, challenge }) {
  return { leftMs: Date.parse(expiresAt) - challenge.timestamp, ageMs: 0 }
}
