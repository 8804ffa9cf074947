// rows.js: rows of a list as they are shown: { id, n, s, c, rank, tied }. Pure.

import { ranks } from "../../../sdk/stream/board-state.js"

export function rowsOf(board) {
  const rank = ranks(board)
  return withTies(board.lines.map((line, index) => ({ ...line, rank: rank[index] })))
}

// A row that shares its rank with a neighbour is tied.
export function withTies(rows) {
  return rows.map((row, index) => ({
    ...row,
    tied: rows[index - 1]?.rank === row.rank || rows[index + 1]?.rank === row.rank,
  }))
}
