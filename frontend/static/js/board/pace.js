// pace.js: lets rows change places at most once a second, so that a busy board can be read. Pure.

const EVERY_MS = 1000

export class Pace {
  #order = ""
  #at = -Infinity

  // How long to wait until these rows may be drawn. Rows in the order that is on the screen need not wait.
  wait(rows, now) {
    return orderOf(rows) === this.#order ? 0 : Math.max(0, this.#at + EVERY_MS - now)
  }

  drawn(rows, now) {
    const order = orderOf(rows)
    if (order !== this.#order) this.#at = now
    this.#order = order
  }
}

function orderOf(rows) {
  return rows.map(({ id }) => id).join(" ")
}
