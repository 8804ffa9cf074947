// queue.js: completed actions until they are answered: through outages, reloads and closed tabs. No DOM.
//
// An action's token counts once, however often it is sent. So each is kept before it is sent, and sent again
// until there is an answer: in order, by one tab at a time. What is refused for good makes way.

import { pauseMs } from "../pause.js"
import { withLock } from "./tab-lock.js"
import { Answers } from "./answers.js"
import { Refusal } from "./api.js"
import { passes } from "./retry.js"
import { sha256 } from "./sha256.js"
import { StoredActions } from "./stored-actions.js"

const MOST = 50
const MOST_FAULTS = 5 // something fails at this one only, again and again
const BUSY_MS = 1000 // another tab sends
const SETTLED_KEPT_MS = 3_600_000
const SETTLED_KEPT = 20

const PENDING = ["waiting", "sent"]

const browser = {
  now: () => Date.now(),
  random: () => Math.random(),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
  withLock: (run, server) => withLock(`queue ${server}`, run),
  view: globalThis,
}

export class Queue extends EventTarget {
  #session
  #stored
  #world
  #answers = new Answers()
  #failures = 0
  #timer = null
  #sending = false

  constructor({ session, stored = new StoredActions(), world = browser }) {
    super()
    this.#session = session
    this.#stored = stored
    this.#world = world
    this.#forgetOld()
    const on = (type, run) => world.view?.addEventListener?.(type, run)
    on("storage", ({ key }) => this.#stored.concerns(key) && this.#changed()) // another tab's doing
    on("online", () => this.send()) // a hint, no more: there may be a network without the server
    if (this.waiting.length > 0) this.#again(0)
  }

  // All that is known, the oldest first: { id, at, type, points, state, receipt, refusal }. A state is waiting,
  // sent (the answer is outstanding), confirmed, expired or refused.
  get items() {
    return this.#stored.all()
  }

  get waiting() {
    return this.items.filter(pending)
  }

  // Keeps a completion, sends it, and returns its receipt. Throws a Refusal: one that passes says that it is
  // kept, and that the answer may take long; the same may be added again.
  async add({ type, points, body }) {
    const id = idOf(body.actionToken)
    if (!this.#stored.find(id)) {
      if (this.waiting.length >= MOST) throw new Refusal({ code: "queue_full", detail: "Too many actions wait already." })
      const at = Math.max(this.#world.now(), 1 + (this.items.at(-1)?.at ?? 0)) // two in one millisecond have an order too
      this.#stored.put({ id, at, type, points, body, state: "waiting", faults: 0 })
      this.#forgetOld()
    }
    const { soon } = this.#answers.to(id)
    this.#changed()
    this.send()
    return soon
  }

  // The receipt of a completion that is kept, however long it takes. Throws a Refusal that does not pass.
  answer({ actionToken }) {
    return this.#answers.to(idOf(actionToken)).sure
  }

  // Now, whatever the last try said.
  send() {
    this.#failures = 0
    this.#again(0)
  }

  // Forget one, or all that wait.
  discard(id = null) {
    for (const item of this.items) if (id ? item.id === id : pending(item)) this.#stored.remove(item.id)
    this.#changed()
  }

  #again(ms) {
    this.#world.cancel(this.#timer)
    this.#timer = this.#world.later(() => this.#run(), ms)
  }

  async #run() {
    if (this.#sending) return
    this.#sending = true
    let ms = 0
    const sending = this.#world.withLock(async (goOn) => (ms = await this.#sendAll(goOn)), this.#stored.server)
    const ran = await sending.catch(() => false).finally(() => (this.#sending = false))
    if (this.waiting.length > 0) this.#again(ran ? ms : BUSY_MS)
  }

  // Everything that waits, in its order. How long to rest before what is left.
  async #sendAll(goOn) {
    const tried = new Set()
    let left = null
    for (let item; (item = this.waiting.find(({ id }) => !tried.has(id))); ) {
      goOn()
      tried.add(item.id)
      const refusal = await this.#sendOne(item)
      left = refusal ?? left
      if (refusal && passes(refusal)) break // so it would be for all of them
    }
    if (left) return this.#rest(left)
    this.#failures = 0
    return 0
  }

  // Null where it is settled; else what came between.
  async #sendOne(item) {
    this.#update(item, { state: "sent" })
    try {
      const receipt = await this.#session.post("/actions/complete", item.body)
      this.#update(item, { state: "confirmed", receipt })
      return null
    } catch (refusal) {
      return this.#refused(item, refusal) ? null : refusal
    }
  }

  // Whether that is the last word on it.
  #refused(item, { status, code, detail, retryAfterSeconds }) {
    const refusal = { status, code, detail, retryAfterSeconds }
    const passing = passes(refusal)
    const faults = item.faults + (passing ? 0 : 1)
    if (passing || (faulty(refusal) && faults < MOST_FAULTS)) {
      const doubtful = item.doubtful || status === 0 || status >= 500
      this.#update(item, { state: "waiting", faults, doubtful, refusal })
      return false
    }
    this.#update(item, { state: code === "action_token_expired" ? "expired" : "refused", refusal })
    return true
  }

  #rest(refusal) {
    this.#answers.tryFailed(refusal)
    return refusal.retryAfterSeconds * 1000 + pauseMs(this.#failures++, this.#world.random())
  }

  #put(item) {
    this.#stored.put(item)
    this.#changed()
  }

  // What was discarded meanwhile stays away.
  #update({ id }, news) {
    const item = this.#stored.find(id)
    if (item) this.#put({ ...item, ...news, changedAt: this.#world.now() })
  }

  #changed() {
    for (const id of this.#answers.ids) {
      const item = this.#stored.find(id)
      if (!item || !pending(item)) this.#answers.give(id, item)
    }
    this.dispatchEvent(new Event("change"))
  }

  #forgetOld() {
    const settled = this.items.filter((item) => !pending(item)).reverse()
    const old = ({ changedAt }) => changedAt < this.#world.now() - SETTLED_KEPT_MS
    for (const item of settled.filter((one, index) => index >= SETTLED_KEPT || old(one))) this.#stored.remove(item.id)
  }
}

function idOf(actionToken) {
  return sha256(actionToken).slice(0, 16)
}

export function pending({ state }) {
  return PENDING.includes(state)
}

// Nobody's word on the action: the server failed at it, or something on the way answered in its place.
function faulty({ status, code }) {
  return status >= 500 || code.startsWith("http_")
}
