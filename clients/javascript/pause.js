// pause.js: how long to wait before trying again. Pure.

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

// Full jitter: those whom one outage cut off together do not come back together.
export function pauseMs(failures, random, longestMs = LONGEST_PAUSE_MS) {
  return random * Math.min(longestMs, FIRST_PAUSE_MS * 2 ** failures)
}
