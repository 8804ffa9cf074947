// slides.js: animates rows that moved. No row is ever seen above one that ranks before it: rows whose result changed
// appear at their new place, and the others slide there, each below the rows that rank before it.

const SLIDE_MS = 350
const MAX_SLIDES = 40 // more at once is a flicker, not a movement

export class Slides {
  #running = new WeakMap()

  // The current rectangles of rows, to pass to `from` after they have moved.
  places(rows) {
    return new Map(rows.map((row) => [row, row.getBoundingClientRect()]))
  }

  // Animate `rows`, which are in their new order, from their rectangles `before`. `changed` has those with other results.
  from(before, rows, changed) {
    if (!before.size) return
    for (const row of rows) this.#running.get(row)?.cancel()
    const { slides, arrived } = movements(free(before, rows), changed)
    renew(arrived)
    for (const row of arrived) appear(row)
    if (slides.length <= MAX_SLIDES) for (const [row, y] of slides) this.#slide(row, y)
  }

  #slide(row, y) {
    const frames = [{ transform: `translateY(${y}px)` }, { transform: "none" }]
    this.#running.set(row, row.animate(frames, { duration: SLIDE_MS, easing: "cubic-bezier(.2,.7,.2,1)" }))
  }
}

// Whether a row with this top edge is on the screen, or nearly.
export function visible(top) {
  return top > -80 && top < innerHeight
}

// The rows that slide, with how far above or below their place they begin, and the rows that appear.
export function movements(rows, changed) {
  const [slides, arrived] = [[], []]
  let least = -Infinity // no row begins above the rows before it
  for (const { row, was, now } of rows) {
    const appears = !was || changed.has(row) || differ(was.width, now.width) || differ(was.left, now.left)
    least = Math.max(least, appears ? now.top : was.top)
    if (!visible(now.top) && !visible(least)) continue
    if (differ(least, now.top)) slides.push([row, least - now.top])
    if (appears && !(was && same(was, now))) arrived.push(row)
  }
  return { slides, arrived }
}

// The rows with their old and new places, without the viewer's row while it sticks to an edge, over others.
function free(before, rows) {
  const places = rows.map((row) => ({ row, was: before.get(row), now: row.getBoundingClientRect() }))
  return places.filter(({ row, now }, index) => {
    const [above, below] = [places[index - 1], places[index + 1]]
    return !row.matches(".own") || !(now.top < above?.now.bottom - 2 || now.bottom > below?.now.top + 2)
  })
}

// Take rows off the screen and back between two frames: browsers would count it as a jump of the page if the same
// boxes moved, although their contents fade in.
function renew(rows) {
  for (const hidden of [true, false]) {
    for (const row of rows) row.hidden = hidden
    if (rows.length) getComputedStyle(rows[0]).display // applies it
  }
}

// The row itself stays, in front of rows that slide away from its place: only its contents fade in.
function appear(row) {
  row.animate([{ zIndex: 2 }, { zIndex: 2 }], SLIDE_MS)
  for (const cell of row.children) cell.animate([{ opacity: 0, offset: 0 }], { duration: SLIDE_MS, easing: "ease-out" })
}

function same(was, now) {
  return ["left", "top", "width"].every((side) => !differ(was[side], now[side]))
}

function differ(one, other) {
  return Math.abs(one - other) >= 1
}
