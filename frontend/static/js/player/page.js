// page.js: the script of a player's page. It keeps ranks and scores up to date, and lists the moves that it saw.

import { PageFeed } from "../../../sdk/stream/page-feed.js"
import { apply, emptyBoard } from "../../../sdk/stream/board-state.js"
import { BoardApi } from "../board/board-api.js"
import { BoardCard } from "./board-card.js"
import { Moves } from "./moves.js"
import { standingIn } from "./standing.js"

const MOST_SCOPES = 8 // of one stream
const POLL_MS = 10_000 // of boards whose stream does not have the player's row

const { player, base } = document.querySelector("#player").dataset
const moves = new Moves(document.querySelector(".moves"))
const cards = [...document.querySelectorAll("[data-scope]")].slice(0, MOST_SCOPES).map((item) => new BoardCard(item))

const boards = new Map(cards.map(({ scope }) => [scope, emptyBoard(scope)]))
if (cards.length) follow()
setInterval(poll, POLL_MS)
document.querySelector("button.share").addEventListener("click", async ({ currentTarget: button }) => {
  const { share } = await import("../board/share.js")
  await share(button)
})

function follow() {
  const feed = new PageFeed(base.replace(/\/$/, ""), { scope: [...boards.keys()].join(",") })
  feed.addEventListener("frame", ({ detail: frame }) => {
    for (const card of cards) see(card, frame, feed)
  })
  feed.start()
}

function see(card, frame, feed) {
  const before = boards.get(card.scope)
  const board = apply(before, frame)
  if (board.lost) return feed.resync()
  if (board === before) return
  boards.set(card.scope, board)
  const standing = board.s === null ? null : standingIn(board, player)
  if (board.s !== null) card.streamed = standing !== null
  if (standing) show(card, standing)
}

async function poll() {
  if (document.hidden) return
  for (const card of cards.filter(({ streamed }) => !streamed)) {
    const { rows, total } = await new BoardApi({ base: new URL(base, location).href, board: card.board }).entry(player).catch(() => ({ rows: [] }))
    if (rows.length) show(card, { rank: rows[0].rank, score: rows[0].s, total })
  }
}

function show(card, standing) {
  const move = card.show(standing)
  if (move) moves.add(move)
}
