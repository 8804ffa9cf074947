// page.js: the script of a player's page. It keeps ranks and scores up to date, and lists the moves that it saw.

import { PageFeed } from "../../../sdk/stream/page-feed.js"
import { apply, emptyBoard } from "../../../sdk/stream/board-state.js"
import { BoardCard } from "./board-card.js"
import { Moves } from "./moves.js"
import { standingIn } from "./standing.js"

const MOST_SCOPES = 8 // of one stream

const { player, base } = document.querySelector("#player").dataset
const moves = new Moves(document.querySelector(".moves"))
const cards = [...document.querySelectorAll("[data-scope]")].slice(0, MOST_SCOPES).map((item) => new BoardCard(item))

const boards = new Map(cards.map(({ scope }) => [scope, emptyBoard(scope)]))
if (cards.length) follow()

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
  if (!standing) return // below the streamed rows: the page keeps what the server said
  const move = card.show(standing)
  if (move) moves.add(move)
}
