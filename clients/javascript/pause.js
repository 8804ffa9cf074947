// pause.js: pauses between retries. Pure.

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

// Exponential backoff with full jitter: clients that one outage cut off do not return all at once.
export function pauseMs(failures, random, longestMs = LONGEST_PAUSE_MS) {
  return random * Math.min(longestMs, FIRST_PAUSE_MS * 2 ** failures)
}
