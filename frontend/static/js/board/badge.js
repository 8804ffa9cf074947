// badge.js: the badge that says whether the rows are live, by the time of the last frame.

import { connectionState } from "../../../sdk/stream/connection.js"
import { t, time } from "../messages.js"

const OLD = ["stale", "offline", "ended"]
const MOVING = ["live", "delayed", "polling"]

// The badge for a feed's status: { state, text, title, carrier, shared }.
export function badgeOf({ heardAt, carrier, shared, ...status }, { paused, now }) {
  const found = connectionState({ heardAt, carrier, ...status }, now)
  const state = paused && MOVING.includes(found) ? "paused" : found
  return { state, text: stateText(state, heardAt), title: heardText(heardAt, carrier, now), carrier, shared }
}

export function showBadge(badge, { state, text, title, carrier, shared }) {
  badge.title = title
  badge.dataset.carrier = carrier ?? ""
  badge.dataset.shared = shared
  // Written only when it changed: otherwise it would be read aloud every second.
  if (badge.dataset.state === state && badge.lastElementChild.textContent === text) return
  badge.dataset.state = state
  badge.lastElementChild.textContent = text
}

// The name of a state, with the time of the rows if they may be old.
function stateText(state, heardAt) {
  const words = t(`connection.${state}`)
  return OLD.includes(state) && heardAt !== null ? t("connection.asOf", { state: words, time: time(heardAt) }) : words
}

function heardText(heardAt, carrier, now) {
  if (heardAt === null) return ""
  const n = Math.round((now - heardAt) / 100) / 10
  return carrier ? t("board.heardBy", { n, carrier: t(`carrier.${carrier.replace("-", "")}`) }) : t("board.heard", { n })
}
