// gaps.js: how far each row is behind the one before it, and behind the leader. Pure.

// `leader` is the first row of the board, null if it is not known. `isWhole` says that no rows are left out between
// those that are shown. Returns for each row { next, leader }: differences of scores, null where they are not known.
export function gaps(rows, { leader, isWhole }) {
  return rows.map((row, at) => ({
    next: isWhole && at > 0 ? behind(row, rows[at - 1]) : null,
    leader: leader && leader.id !== row.id ? behind(row, leader) : null,
  }))
}

function behind(row, better) {
  return Math.abs(better.s - row.s)
}
