// slides.js: animates rows that moved: they slide from their old place on the screen to the new one.

const SLIDE_MS = 400
const MAX_SLIDES = 40 // more at once is a flicker, not a movement

export class Slides {
  #running = new WeakMap()

  // The current rectangles of rows, to pass to `from` after they have moved.
  places(rows) {
    return new Map(rows.map((row) => [row, row.getBoundingClientRect()]))
  }

  // Let rows slide to where they are now from where they were before.
  from(before) {
    for (const row of before.keys()) this.#running.get(row)?.cancel()
    const moved = []
    for (const [row, was] of before) {
      if (!row.isConnected) continue
      const now = row.getBoundingClientRect()
      // Between podium and list they slide only vertically: moved sideways, a wide row would overflow the page.
      const x = Math.abs(was.width - now.width) < 9 ? was.left - now.left : 0
      const y = was.top - now.top
      if (Math.abs(x) + Math.abs(y) >= 1 && (visible(was.top) || visible(now.top))) moved.push([row, x, y])
    }
    if (moved.length <= MAX_SLIDES) for (const [row, x, y] of moved) this.#slide(row, x, y)
  }

  #slide(row, x, y) {
    // A rising row passes in front.
    const zIndex = y > 0 ? 2 : 1
    const frames = [
      { transform: `translate(${x}px, ${y}px)`, zIndex },
      { transform: "none", zIndex },
    ]
    this.#running.set(row, row.animate(frames, { duration: SLIDE_MS, easing: "cubic-bezier(.2,.7,.2,1)" }))
  }
}

// Whether a row with this top edge is on the screen, or nearly.
export function visible(top) {
  return top > -80 && top < innerHeight
}
