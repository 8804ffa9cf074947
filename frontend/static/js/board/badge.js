// badge.js: the badge that says whether the rows are live, by the time of the last frame.

import { connectionState } from "../../../sdk/stream/connection.js"
import { t, time } from "../messages.js"

const OLD = ["stale", "offline", "ended"]
const MOVING = ["live", "delayed", "polling"]

// The badge for a feed's status: { state, text, title, carrier, shared }. `everySeconds` is set where the rows that are
// shown are polled, whatever the carrier of the stream.
export function badgeOf({ heardAt, carrier, shared, ...status }, { paused, now, everySeconds }) {
  const found = connectionState({ heardAt, carrier, ...status }, now)
  const moving = MOVING.includes(found)
  const polled = Boolean(everySeconds) && moving
  const state = paused && moving ? "paused" : polled ? "polling" : found
  const text = polled && !paused ? t("board.every", { n: everySeconds }) : stateText(state, heardAt)
  return { state, text, title: heardText(heardAt, carrier, now), carrier: polled ? "poll" : carrier, shared }
}

export function showBadge(badge, { state, text, title, carrier, shared }) {
  if (badge.tabIndex < 0) nameCarrierOnFocus(badge)
  badge.title = title
  Object.assign(badge.dataset, { carrier: carrier ?? "", shared, state, text })
  write(badge)
}

// A title is seen by those with a mouse only. So the focus, of a keyboard or by a touch, shows the carrier.
function nameCarrierOnFocus(badge) {
  badge.tabIndex = 0
  for (const type of ["focus", "blur"]) badge.addEventListener(type, () => write(badge))
}

// Only what changed: otherwise it would be read aloud every second.
function write(badge) {
  const { text, carrier } = badge.dataset
  const shown = carrier && badge.matches(":focus") ? `${text} · ${carrierName(carrier)}` : text
  if (badge.lastElementChild.textContent !== shown) badge.lastElementChild.textContent = shown
}

// The name of a state, with the time of the rows if they may be old.
function stateText(state, heardAt) {
  const words = t(`connection.${state}`)
  return OLD.includes(state) && heardAt !== null ? t("connection.asOf", { state: words, time: time(heardAt) }) : words
}

function heardText(heardAt, carrier, now) {
  if (heardAt === null) return ""
  const n = Math.round((now - heardAt) / 100) / 10
  return carrier ? t("board.heardBy", { n, carrier: carrierName(carrier) }) : t("board.heard", { n })
}

function carrierName(carrier) {
  return t(`carrier.${carrier.replace("-", "")}`)
}
