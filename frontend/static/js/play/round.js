// round.js: a short round for an action type: tapping for as many points as the type allows, or only waiting if its
// points are fixed.

import { t } from "../messages.js"

const TAP_SECONDS = 3
const WAIT_SECONDS = 1

export function roundFor({ points, minSeconds }) {
  if (typeof points === "number") return { tapped: false, seconds: Math.max(WAIT_SECONDS, minSeconds) }
  const seconds = Math.max(TAP_SECONDS, minSeconds)
  return { tapped: true, seconds, text: howText("play.tapHow", seconds, points.max), ...points }
}

export function howText(key, seconds, max) {
  return t(key, { time: t("play.seconds", { n: seconds }), points: t("play.upTo", { n: max }) })
}

export function claimFor({ tapped, min, max }, taps) {
  return tapped ? { points: Math.min(max, Math.max(min, taps)) } : {}
}
