// main.js: what a page needs, put together.

import { apply } from "../../sdk/stream/board-state.js"
import { BoardView } from "./board-view.js"
import { connectionState, connectionText } from "../../sdk/stream/connection.js"
import { copyable } from "./copy-field.js"
import { feedFor } from "../../sdk/stream/sharing.js"
import { offer } from "./play/offer.js"
import { markOwnRow } from "./own-row.js"
import { StoredSession } from "../../sdk/actions/stored-session.js"

const NOWHERE = "0-0" // the server has not published the board yet, so there is nothing to resume

const stored = new StoredSession()
const root = document.querySelector("[data-live]")
if (root) follow(root, document.getElementById("badge"))
for (const field of document.querySelectorAll(".copy-field")) copyable(field)
for (const section of document.querySelectorAll(".play")) offer(section, stored)
stored.addEventListener("change", markMe)
addEventListener("storage", markMe) // another tab played
markMe()

function markMe() {
  const rows = document.getElementById("rows")
  if (rows) markOwnRow(rows, stored.read()?.player)
}

function follow(root, badge) {
  const { live: base, scope, since } = root.dataset
  const view = new BoardView(root)
  const feed = feedFor(base, { scope, since: since === NOWHERE ? "" : since })
  let board = view.shown

  feed.addEventListener("frame", ({ detail: frame }) => {
    const next = apply(board, frame)
    if (next.lost) {
      console.warn(`The board was lost (${next.lost}), asking for all of it.`)
      feed.resync()
    } else if (next !== board) {
      board = next
      if (board.s !== null) view.render(board)
      markMe()
    }
  })
  feed.addEventListener("status", () => showConnection(badge, feed))
  setInterval(() => showConnection(badge, feed), 1000)

  feed.start()
}

function showConnection(badge, feed) {
  const status = feed.status
  const state = connectionState(status, Date.now())
  const text = connectionText(state, status.heardAt)
  badge.dataset.carrier = status.carrier ?? ""
  badge.dataset.shared = status.shared
  // Only news is written, or it would be read aloud every second.
  if (badge.dataset.state === state && badge.lastElementChild.textContent === text) return
  badge.dataset.state = state
  badge.lastElementChild.textContent = text
  document.documentElement.dataset.connection = state
}
