// round.js: a short round that fits an action type: tapping for as many points as the type allows, or,
// where its points are fixed, only waiting. Pure.

const TAP_SECONDS = 3
const WAIT_SECONDS = 1

export function roundFor({ points, minSeconds }) {
  if (typeof points === "number") return { tapped: false, seconds: Math.max(WAIT_SECONDS, minSeconds) }
  const seconds = Math.max(TAP_SECONDS, minSeconds)
  const text = `Tap as often as you can: ${seconds} seconds, up to ${points.max} points.`
  return { tapped: true, seconds, text, ...points }
}

export function claimFor({ tapped, min, max }, taps) {
  return tapped ? { points: Math.min(max, Math.max(min, taps)) } : {}
}
