// carrier-memory.js: remembers the carrier that worked last, so that the next page need not try them all again.

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
    // Without storage the next page tries the carriers again.
  }
}
