// pause.js: pauses between retries. Pure.

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

// The pause before the next try, by exponential backoff with full jitter. After an outage clients then do not all come
// back at once.
export function pauseMs(failures, random, longestMs = LONGEST_PAUSE_MS) {
  return random * Math.min(longestMs, FIRST_PAUSE_MS * 2 ** failures)
}
