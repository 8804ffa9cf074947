// tv-rotation.js: which page a big screen shows next, and how far all of it is shifted. Pure.

const SHIFTS = [[0, 0], [2, 0], [2, 2], [0, 2], [-2, 2], [-2, 0], [-2, -2], [0, -2]]

// After the last page the first one comes; pages that are gone are left.
export function placeAfter(page, pages) {
  return page + 1 < pages ? page + 1 : 0
}

export function shiftAt(step) {
  return SHIFTS[step % SHIFTS.length]
}
