// badge.js: whether the rows move, by what was heard last.

import { connectionState, connectionText } from "../../../sdk/stream/connection.js"

const TEXTS = {
  paused: "Paused",
  heard: (seconds, carrier) => `Last heard ${seconds} s ago${carrier ? `, by ${carrier}` : ""}`,
  sse: "server-sent events",
  ws: "WebSocket",
  "long-poll": "long polling",
  poll: "polling",
}

// What a badge shows of a feed's status: { state, text, title, carrier, shared }.
export function badgeOf(status, { paused, now }) {
  const state = connectionState(status, now)
  const { heardAt, carrier, shared } = status
  const title = heardAt === null ? "" : TEXTS.heard(((now - heardAt) / 1000).toFixed(1), TEXTS[carrier] ?? carrier)
  const told = { title, carrier, shared }
  return paused && ["live", "delayed", "polling"].includes(state)
    ? { ...told, state: "paused", text: TEXTS.paused }
    : { ...told, state, text: connectionText(state, heardAt) }
}

export function showBadge(badge, { state, text, title, carrier, shared }) {
  badge.title = title
  badge.dataset.carrier = carrier ?? ""
  badge.dataset.shared = shared
  if (badge.dataset.state === state && badge.lastElementChild.textContent === text) return
  badge.dataset.state = state
  badge.lastElementChild.textContent = text
}
