// answers.js: the promises of this tab for answers to queued actions. No DOM.

import { Refusal } from "./api.js"
import { LONGEST_WAIT_MS } from "./retry.js"

const TRIES = 6 // before the caller gets a temporary Refusal

export class Answers {
  #expected = new Map() // by the action's id

  // Two promises of a receipt: `sure` waits for the final answer, `soon` rejects with an earlier Refusal.
  expect(id) {
    const answer = this.#expected.get(id) ?? { tries: 0 }
    answer.sure ??= new Promise((resolve, reject) => Object.assign(answer, { resolve, reject }))
    answer.soon ??= Promise.race([answer.sure, new Promise((_, reject) => (answer.giveUp = reject))])
    for (const promise of [answer.sure, answer.soon]) promise.catch(() => {}) // the caller may have gone
    this.#expected.set(id, answer)
    return answer
  }

  // Settle an action: { state, receipt, refusal }, or null if it was discarded.
  settle(id, item) {
    const answer = this.#expected.get(id)
    this.#expected.delete(id)
    if (item?.state === "confirmed") answer.resolve(item.receipt)
    else answer.reject(new Refusal(item?.refusal ?? { code: "discarded", detail: "This action was discarded." }))
  }

  get ids() {
    return [...this.#expected.keys()]
  }

  countFailure(refusal) {
    for (const answer of this.#expected.values()) {
      answer.tries += 1
      if (answer.tries < TRIES && refusal.retryAfterSeconds * 1000 <= LONGEST_WAIT_MS) continue
      answer.giveUp(refusal)
      Object.assign(answer, { soon: null, tries: 0 })
    }
  }
}
