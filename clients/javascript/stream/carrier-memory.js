// carrier-memory.js: which carrier got through lately, so that the next page does not find out anew.

const KEY = "scoreboard.carrier"
const KEPT_MS = 3_600_000

export function lately() {
  try {
    const { carrier, until } = JSON.parse(sessionStorage.getItem(KEY))
    return until > Date.now() ? carrier : ""
  } catch {
    return ""
  }
}

export function remember(carrier) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ carrier, until: Date.now() + KEPT_MS }))
  } catch {
    // then it is found out anew
  }
}
