// carrier-memory.js: the carrier that got through last, so that the next page need not find out again.

const KEY = "scoreboard.carrier"
const KEPT_MS = 3_600_000

export function rememberedCarrier() {
  try {
    const { carrier, until } = JSON.parse(sessionStorage.getItem(KEY))
    return until > Date.now() ? carrier : ""
  } catch {
    return ""
  }
}

export function rememberCarrier(carrier) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ carrier, until: Date.now() + KEPT_MS }))
  } catch {
    // The next page finds out again.
  }
}
