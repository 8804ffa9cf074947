// paging.js: the pages of a list, the rows of a page, and the order in which a big screen shows them. Pure.

const SHIFTS = [[0, 0], [2, 0], [2, 2], [0, 2], [-2, 2], [-2, 0], [-2, -2], [0, -2]] // pixels: a slow circle

export function pageCount(total, limit) {
  return Math.max(1, Math.ceil(total / limit))
}

// The page that a link leads to: "first", "previous", "next" or "last".
export function pageFor(page, where, count) {
  const last = count - 1
  const to = { first: 0, previous: page - 1, next: page + 1, last }[where]
  return Math.min(last, Math.max(0, to))
}

// The first and the last row of a page, counted from one; 0 and 0 if there are none.
export function rowRange(page, limit, total) {
  const first = page * limit + 1
  return first > total ? { first: 0, last: 0 } : { first, last: Math.min(total, first + limit - 1) }
}

// Whether a page lies in the streamed rows, the first `size`. Other pages have to be loaded.
export function isStreamed(page, limit, size) {
  return (page + 1) * limit <= size
}

// The page after this one; the first page follows the last, and pages that no longer exist.
export function pageAfter(page, pages) {
  return page + 1 < pages ? page + 1 : 0
}

export function shiftAt(step) {
  return SHIFTS[step % SHIFTS.length]
}
