// actions.js: the action protocol. An action is requested, done, and completed with a proof of work for its
// claim. Its points count once, however often its token is sent. No DOM.

import { Refusal } from "./api.js"
import { persist } from "./retry.js"
import { sha256 } from "./sha256.js"

const MOST_RESULT_BYTES = 4096 // for servers that do not say how many
const MARGIN_MS = 100 // a timer may fire early, and completing too early counts against the player

const browser = {
  now: () => performance.now(), // unlike Date.now(), nobody can set this clock
  random: () => Math.random(),
  sleep: (ms) => new Promise((resume) => setTimeout(resume, ms)),
}

export class Actions {
  #parts

  // With a queue, completed actions survive outages and reloads.
  constructor({ session, solver, queue = null, world = browser }) {
    this.#parts = { session, solver, queue, world }
  }

  // Play a whole action whose claim is known beforehand. Resolves with its receipt.
  async play(type, claim = {}) {
    return (await this.request(type)).complete(claim)
  }

  // Throws a Refusal, as everything here does, after all retries that make sense.
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
    // Both times are by the server's clock, which may differ from ours.
    this.#endsAt = now + Date.parse(asked.expiresAt) - asked.challenge.timestamp
  }

  // Its points: a number, or { min, max } where the claim says how many.
  get points() {
    return this.#asked.points
  }

  get minSeconds() {
    return this.#asked.minSeconds
  }

  // The largest allowed `result`: its bytes as JSON without the quotes.
  get resultBytes() {
    return this.#asked.resultBytes ?? MOST_RESULT_BYTES
  }

  // The time left to complete it.
  get leftMs() {
    return this.#endsAt - this.#parts.world.now()
  }

  // Resolves with the receipt. It may be called again after a Refusal: the first claim is the one that is sent.
  async complete({ points, result = "" } = {}) {
    const { session, queue, world } = this.#parts
    if (!this.#proof) this.#check(result) // no work and no queue entry for a claim that will be refused
    this.#proof ??= this.#prove(points, result)
    const [proof] = await Promise.all([this.#proof, this.#ripe()])
    const body = { actionToken: this.#asked.actionToken, proof }
    if (queue) return queue.add({ type: this.#asked.actionType, points: proof.points ?? this.points, body })
    return persist(() => session.post("/actions/complete", body), world)
  }

  // Resolves with the receipt of a completed action in the queue, however long that takes.
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
    return { solution, checksum, points, result } // JSON leaves out undefined values
  }

  async #ripe() {
    const { now, sleep } = this.#parts.world
    const ms = this.#ripeAt - now()
    if (ms > 0) await sleep(ms)
  }
}
