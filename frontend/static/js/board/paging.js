// paging.js: the pages of a list, the rows of a page, and the order in which a big screen shows them. Pure.

const SHIFTS = [[0, 0], [2, 0], [2, 2], [0, 2], [-2, 2], [-2, 0], [-2, -2], [0, -2]] // pixels

export function pageCount(total, limit) {
  return Math.max(1, Math.ceil(total / limit))
}

// The page that a link leads to: "first", "previous", "next" or "last".
export function pageFor(page, where, count) {
  const last = count - 1
  const to = { first: 0, previous: page - 1, next: page + 1, last }[where]
  return Math.min(last, Math.max(0, to))
}

// The numbers of the first and the last row of a page, counted from 1; both are 0 if it has no rows.
export function rowRange(page, limit, total) {
  const first = page * limit + 1
  return first > total ? { first: 0, last: 0 } : { first, last: Math.min(total, first + limit - 1) }
}

// Whether all rows of a page are streamed: the first `size` rows are. Other pages have to be loaded.
export function isStreamed(page, limit, size) {
  return (page + 1) * limit <= size
}

// The page after this one. After the last page, or one that no longer exists, it is the first.
export function pageAfter(page, pages) {
  return page + 1 < pages ? page + 1 : 0
}

// How far a big screen shifts the board at a step, in a slow circle, so that no pixel burns in.
export function shiftAt(step) {
  return SHIFTS[step % SHIFTS.length]
}
