// connection.js: what the badge says of a feed. Pure.
//
// It goes by when something was last heard. navigator.onLine says whether there is a network, not
// whether the server is on it, and an open stream tells nothing at all when the line is dead.

const QUIET_BEATS = 1.5
const GRACE_MS = 3000 // the server asked to reconnect: no reason to alarm anybody
const AWAY_MS = 30_000
const FIRST_TRIES = 3

export function connectionState({ phase, carrier, heardAt, heartbeatMs, failures, degraded }, now) {
  if (phase === "ended") return "ended"
  if (heardAt === null) return failures < FIRST_TRIES ? "connecting" : "offline"
  const silent = now - heardAt
  if (phase === "open" && silent > QUIET_BEATS * heartbeatMs) return "stale"
  if (phase === "open") return degraded ? "delayed" : carrier === "poll" ? "polling" : "live"
  if (failures === 0) return silent < GRACE_MS ? "live" : "reconnecting"
  return silent > AWAY_MS ? "offline" : "reconnecting"
}
