// rows.js: rows of a list as they are shown: { id, n, s, c, rank, tied }. Pure.

import { ranks } from "../../../sdk/stream/board-state.js"

export function rowsOf(board) {
  const rank = ranks(board)
  return withTies(board.lines.map((line, index) => ({ ...line, rank: rank[index] })))
}

// A row that shares its rank with a neighbour is tied. Without a rank (null) it is not.
export function withTies(rows) {
  const shares = (row, other) => row.rank !== null && other?.rank === row.rank
  return rows.map((row, index) => ({
    ...row,
    tied: shares(row, rows[index - 1]) || shares(row, rows[index + 1]),
  }))
}
