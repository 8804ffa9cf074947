// actions.js: the action protocol. An action is asked for, done, and completed with work for its claim;
// its points count once, however often its token is sent. No DOM.

import { Refusal } from "./api.js"
import { persist } from "./retry.js"
import { sha256 } from "./sha256.js"

const MOST_RESULT_BYTES = 4096 // of servers that do not say how many
const MARGIN_MS = 100 // a timer may ring early, and being early counts against the player

const browser = {
  now: () => performance.now(), // a clock that nobody sets
  random: () => Math.random(),
  sleep: (ms) => new Promise((resume) => setTimeout(resume, ms)),
}

export class Actions {
  #parts

  // With a queue, what is completed survives outages and reloads.
  constructor({ session, solver, queue = null, world = browser }) {
    this.#parts = { session, solver, queue, world }
  }

  // One whole action whose claim is known beforehand. Its receipt.
  async play(type, claim = {}) {
    return (await this.request(type)).complete(claim)
  }

  // Throws a Refusal, as everything here does: by then it was tried as often as it made sense.
  async request(type) {
    const { session, world } = this.#parts
    const asked = await persist(() => session.post("/actions/request", { actionType: type }), world)
    return new Action(asked, this.#parts)
  }
}

class Action {
  #asked
  #parts
  #ripeAt
  #endsAt
  #proof = null

  constructor(asked, parts) {
    this.#asked = asked
    this.#parts = parts
    const now = parts.world.now()
    this.#ripeAt = now + asked.minSeconds * 1000 + MARGIN_MS
    // Both by the server's clock, which need not be ours.
    this.#endsAt = now + Date.parse(asked.expiresAt) - asked.challenge.timestamp
  }

  // What it is worth: a number, or { min, max } where the claim says how many.
  get points() {
    return this.#asked.points
  }

  get minSeconds() {
    return this.#asked.minSeconds
  }

  // The most that `result` may take, as JSON without its quotes.
  get resultBytes() {
    return this.#asked.resultBytes ?? MOST_RESULT_BYTES
  }

  // For how long it can still be completed.
  get leftMs() {
    return this.#endsAt - this.#parts.world.now()
  }

  // The receipt. After a Refusal it may be called again: the first claim is the one that is sent.
  async complete({ points, result = "" } = {}) {
    const { session, queue, world } = this.#parts
    if (!this.#proof) this.#check(result) // no work, and no place in the queue, for what will be refused
    this.#proof ??= this.#prove(points, result)
    const [proof] = await Promise.all([this.#proof, this.#ripe()])
    const body = { actionToken: this.#asked.actionToken, proof }
    if (queue) return queue.add({ type: this.#asked.actionType, points: proof.points ?? this.points, body })
    return persist(() => session.post("/actions/complete", body), world)
  }

  // The receipt, however long it takes, of an action that was completed and waits in the queue.
  answer() {
    return this.#parts.queue.answer(this.#asked)
  }

  #check(result) {
    const bytes = new TextEncoder().encode(JSON.stringify(result)).length - 2
    if (bytes <= this.resultBytes) return
    const detail = `result may take ${this.resultBytes} bytes as JSON, and takes ${bytes}. Send less.`
    throw new Refusal({ status: 400, code: "result_too_large", detail })
  }

  async #prove(points, result) {
    const { nonce, difficulty } = this.#asked.challenge
    const checksum = sha256(`${points ?? ""}|${result}`)
    const solution = await this.#parts.solver.solve({ nonce, checksum, difficulty })
    return { solution, checksum, points, result } // JSON leaves out what is undefined
  }

  async #ripe() {
    const { now, sleep } = this.#parts.world
    const ms = this.#ripeAt - now()
    if (ms > 0) await sleep(ms)
  }
}
