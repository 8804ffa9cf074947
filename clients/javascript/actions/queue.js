// queue.js: completed actions, stored until they are answered: through outages, reloads and closed tabs. No DOM.
//
// An action's token counts once, however often it is sent. So each action is stored before it is sent, and sent
// again until there is an answer: in order, by one tab at a time. An action that is refused permanently is removed.

import { pauseMs } from "../pause.js"
import { withLock } from "./tab-lock.js"
import { Answers } from "./answers.js"
import { Refusal } from "./api.js"
import { isTemporary } from "./retry.js"
import { sha256 } from "./sha256.js"
import { StoredActions } from "./stored-actions.js"

const MAX_WAITING = 50
const MAX_FAULTS = 5 // tries of an action at which the server fails
const BUSY_MS = 1000 // before another try, while another tab sends
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
  #platform
  #answers = new Answers()
  #failures = 0
  #timer = null
  #sending = false

  constructor({ session, stored = new StoredActions(), platform = browser }) {
    super()
    this.#session = session
    this.#stored = stored
    this.#platform = platform
    this.#forgetOld()
    const on = (type, run) => platform.view?.addEventListener?.(type, run)
    on("storage", ({ key }) => this.#stored.concerns(key) && this.#onChange()) // another tab changed it
    on("online", () => this.send()) // only a hint: there may be a network without the server
    if (this.waiting.length > 0) this.#schedule(0)
  }

  // All known actions, the oldest first: { id, at, type, points, state, receipt, refusal }. A state is waiting,
  // sent (no answer yet), confirmed, expired or refused.
  get items() {
    return this.#stored.all()
  }

  get waiting() {
    return this.items.filter(pending)
  }

  // Store a completion, send it, and resolve with its receipt. Throws a Refusal. A temporary one means that the
  // completion is stored and that the answer may take long; adding it again is harmless.
  async add({ type, points, body }) {
    const id = idOf(body.actionToken)
    if (!this.#stored.find(id)) {
      if (this.waiting.length >= MAX_WAITING) throw new Refusal({ code: "queue_full", detail: "Too many actions are waiting." })
      const at = Math.max(this.#platform.now(), 1 + (this.items.at(-1)?.at ?? 0)) // actions of one millisecond keep their order
      this.#stored.put({ id, at, type, points, body, state: "waiting", faults: 0 })
      this.#forgetOld()
    }
    const { soon } = this.#answers.expect(id)
    this.#onChange()
    this.send()
    return soon
  }

  // Resolves with the receipt of a stored completion, however long that takes. Throws a permanent Refusal.
  answer({ actionToken }) {
    return this.#answers.expect(idOf(actionToken)).sure
  }

  // Send now, even during the pause after a failure.
  send() {
    this.#failures = 0
    this.#schedule(0)
  }

  // Discard one action, or all that wait.
  discard(id = null) {
    for (const item of this.items) if (id ? item.id === id : pending(item)) this.#stored.remove(item.id)
    this.#onChange()
  }

  #schedule(ms) {
    this.#platform.cancel(this.#timer)
    this.#timer = this.#platform.later(() => this.#run(), ms)
  }

  async #run() {
    if (this.#sending) return
    this.#sending = true
    let ms = 0
    const sending = this.#platform.withLock(async (extend) => (ms = await this.#sendAll(extend)), this.#stored.server)
    const hadLock = await sending.catch(() => false).finally(() => (this.#sending = false))
    if (this.waiting.length > 0) this.#schedule(hadLock ? ms : BUSY_MS)
  }

  // Send all waiting actions in order. Returns the milliseconds to pause before the rest.
  async #sendAll(extend) {
    const tried = new Set()
    let failure = null
    for (let item; (item = this.waiting.find(({ id }) => !tried.has(id))); ) {
      extend()
      tried.add(item.id)
      const refusal = await this.#sendOne(item)
      failure = refusal ?? failure
      if (refusal && isTemporary(refusal)) break // the others would be refused too
    }
    if (failure) return this.#pauseAfter(failure)
    this.#failures = 0
    return 0
  }

  // Returns null if the action is settled, otherwise the refusal after which it is sent again.
  async #sendOne(item) {
    this.#update(item, { state: "sent" })
    try {
      const receipt = await this.#session.post("/actions/complete", item.body)
      this.#update(item, { state: "confirmed", receipt })
      return null
    } catch (refusal) {
      return this.#recordRefusal(item, refusal) ? null : refusal
    }
  }

  // Record a refusal. Returns true if it is final.
  #recordRefusal(item, { status, code, detail, retryAfterSeconds }) {
    const refusal = { status, code, detail, retryAfterSeconds }
    const temporary = isTemporary(refusal)
    const faults = item.faults + (temporary ? 0 : 1)
    if (temporary || (isFault(refusal) && faults < MAX_FAULTS)) {
      const doubtful = item.doubtful || status === 0 || status >= 500
      this.#update(item, { state: "waiting", faults, doubtful, refusal })
      return false
    }
    this.#update(item, { state: code === "action_token_expired" ? "expired" : "refused", refusal })
    return true
  }

  #pauseAfter(refusal) {
    this.#answers.countFailure(refusal)
    return refusal.retryAfterSeconds * 1000 + pauseMs(this.#failures++, this.#platform.random())
  }

  #put(item) {
    this.#stored.put(item)
    this.#onChange()
  }

  // An action that was discarded in the meantime is not stored again.
  #update({ id }, news) {
    const item = this.#stored.find(id)
    if (item) this.#put({ ...item, ...news, changedAt: this.#platform.now() })
  }

  #onChange() {
    for (const id of this.#answers.ids) {
      const item = this.#stored.find(id)
      if (!item || !pending(item)) this.#answers.settle(id, item)
    }
    this.dispatchEvent(new Event("change"))
  }

  #forgetOld() {
    const settled = this.items.filter((item) => !pending(item)).reverse()
    const old = ({ changedAt }) => changedAt < this.#platform.now() - SETTLED_KEPT_MS
    for (const item of settled.filter((one, index) => index >= SETTLED_KEPT || old(one))) this.#stored.remove(item.id)
  }
}

function idOf(actionToken) {
  return sha256(actionToken).slice(0, 16)
}

export function pending({ state }) {
  return PENDING.includes(state)
}

// Not a decision about the action: the server failed, or a proxy answered in its place.
function isFault({ status, code }) {
  return status >= 500 || code.startsWith("http_")
}
