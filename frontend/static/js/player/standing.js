// standing.js: a player's standing in a streamed board. Pure.

import { ranks } from "../../../sdk/stream/board-state.js"

// { rank, score, total }; null if the player is not among the streamed rows.
export function standingIn(board, player) {
  const index = board.lines.findIndex(({ id }) => id === player)
  if (index < 0) return null
  return { rank: ranks(board)[index], score: board.lines[index].s, total: board.total }
}
