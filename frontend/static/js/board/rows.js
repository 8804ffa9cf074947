// rows.js: rows of a list as they are shown: { id, n, s, c, rank, tied }, and comparing them. Pure.

import { ranks } from "../../../sdk/stream/board-state.js"

export function rowsOf(board) {
  const rank = ranks(board)
  return withTies(board.lines.map((line, index) => ({ ...line, rank: rank[index] })))
}

// Who shares a rank with a neighbour is tied.
export function withTies(rows) {
  return rows.map((row, index) => ({
    ...row,
    tied: rows[index - 1]?.rank === row.rank || rows[index + 1]?.rank === row.rank,
  }))
}

// Whether the first three stand on a podium: only at the top of a list that has three.
export function onPodium({ view, page }, rows) {
  return view === "top" && page === 0 && rows.length >= 3
}

export function sameResult(one, other) {
  return one.s === other.s && one.c.length === other.c.length && one.c.every((value, i) => value === other.c[i])
}

// Those whose name or id has these words in it, whatever their case and accents.
export function found(rows, words) {
  const wanted = plain(words)
  return rows.filter(({ id, n }) => plain(n).includes(wanted) || plain(id).includes(wanted))
}

function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim()
}
