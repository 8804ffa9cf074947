// connection.js: the state of a feed's connection, as the badge shows it. Pure.
//
// It depends on the time of the last frame. navigator.onLine says nothing about the server, and an open stream does
// not notice a dead connection.

const QUIET_BEATS = 1.5
const GRACE_MS = 3000 // the server asked to reconnect: no alarm yet
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
