// main.js: what a page needs, put together.

import { apply } from "./board-state.js"
import { BoardView } from "./board-view.js"
import { connectionState, connectionText } from "./connection.js"
import { copyable } from "./copy-field.js"
import { Feed } from "./feed.js"

const NOWHERE = "0-0" // the server has not published the board yet, so there is nothing to resume

const root = document.querySelector("[data-stream]")
if (root) follow(root, document.getElementById("badge"))
for (const field of document.querySelectorAll(".copy-field")) copyable(field)

function follow(root, badge) {
  const { stream, scope, since } = root.dataset
  const view = new BoardView(root)
  const feed = new Feed(stream, { scope, since: since === NOWHERE ? "" : since })
  let board = view.shown

  feed.addEventListener("frame", ({ detail: frame }) => {
    const next = apply(board, frame)
    if (next.lost) {
      console.warn(`The board was lost (${next.lost}), asking for all of it.`)
      feed.resync()
    } else if (next !== board) {
      board = next
      if (board.s !== null) view.render(board)
    }
  })
  feed.addEventListener("status", () => showConnection(badge, feed))
  setInterval(() => showConnection(badge, feed), 1000)

  addEventListener("online", () => feed.check())
  document.addEventListener("visibilitychange", () => document.hidden || feed.check())
  addEventListener("pagehide", () => feed.stop()) // a page with an open stream can't be kept for "back"
  addEventListener("pageshow", () => feed.start())
  feed.start()
}

function showConnection(badge, feed) {
  const status = feed.status
  const state = connectionState(status, Date.now())
  const text = connectionText(state, status.heardAt)
  // Only news is written, or it would be read aloud every second.
  if (badge.dataset.state === state && badge.lastElementChild.textContent === text) return
  badge.dataset.state = state
  badge.lastElementChild.textContent = text
  document.documentElement.dataset.connection = state
}
