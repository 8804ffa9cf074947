// badge.js: whether the rows move, by what was heard last.

import { connectionState, connectionText } from "../../../sdk/stream/connection.js"

const TEXTS = {
  paused: "Paused",
  heard: (seconds, carrier) => `Last heard ${seconds} s ago${carrier ? `, by ${carrier}` : ""}`,
  events: "server-sent events",
  websocket: "WebSocket",
  poll: "polling",
}

// What a badge shows of a feed's status: { state, text, title }.
export function badgeOf(status, { paused, now }) {
  const state = connectionState(status, now)
  const { heardAt, carrier } = status
  const title = heardAt === null ? "" : TEXTS.heard(((now - heardAt) / 1000).toFixed(1), TEXTS[carrier] ?? carrier)
  return paused && (state === "live" || state === "delayed")
    ? { state: "paused", text: TEXTS.paused, title }
    : { state, text: connectionText(state, heardAt), title }
}

export function showBadge(badge, { state, text, title }) {
  badge.title = title
  if (badge.dataset.state === state && badge.lastElementChild.textContent === text) return
  badge.dataset.state = state
  badge.lastElementChild.textContent = text
}
