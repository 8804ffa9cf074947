// retry.js: repeats an idempotent call until it is answered. No DOM.

import { pauseMs } from "../pause.js"

const TRIES = 6
export const LONGEST_WAIT_MS = 10_000 // longer waits are reported to the caller
const TEMPORARY = [0, 408, 429, 502, 503, 504] // statuses; 0: no answer arrived

const browser = {
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
}

// May the same call succeed soon? A reached cap has status 429 too, but lasts until the hour or the day is over.
export function isTemporary({ status, code }) {
  return TEMPORARY.includes(status) && code !== "cap_reached"
}

// Call `run` until it succeeds, with pauses. Throws the last Refusal if a retry is of no use, or after TRIES calls.
export async function persist(run, { sleep, random } = browser) {
  for (let failures = 0; ; failures += 1) {
    try {
      return await run()
    } catch (refusal) {
      if (!isTemporary(refusal) || failures + 1 === TRIES) throw refusal
      const ms = refusal.retryAfterSeconds * 1000
      if (ms > LONGEST_WAIT_MS) throw refusal
      await sleep(ms + pauseMs(failures, random()))
    }
  }
}
