// list.js: the rows on the page. Takes over those of the first HTML, and then changes only what differs.

import { sameResult } from "./compare.js"
import { columnsIn, rowIn } from "./first-html.js"
import { element, newRow, part } from "./row.js"
import { heading } from "../formatting.js"

export class List {
  table
  columns
  #rows = new Map()
  #links // `profiles` is the address of players' pages with ~ in place of the id, `target` where they open

  constructor(root) {
    this.#links = root.querySelector(".lb").dataset
    this.table = root.querySelector(".rows")
    this.columns = columnsIn(this.table)
    for (const row of this.#body.rows) this.#rows.set(row.dataset.player, { row, shown: rowIn(row) })
  }

  get elements() {
    return [...this.#body.rows]
  }

  row(player) {
    return this.#rows.get(player)?.row ?? null
  }

  // Show these rows; `apart` is one more, below a gap. `fill(row, before, now)` writes a row. Returns the results and
  // the ranks that changed.
  show(rows, { columns, fill, podium, apart }) {
    if (this.columns.join() !== columns.join()) this.#head(columns)
    this.table.hidden = rows.length === 0
    this.table.classList.toggle("podium", podium)
    const changed = this.#reconcile(apart ? [...rows, apart] : rows, fill)
    this.table.querySelector(".apart")?.classList.remove("apart")
    if (apart) this.row(apart.id).classList.add("apart")
    return changed
  }

  #profile(id) {
    const { profiles, target = "" } = this.#links
    return profiles ? { href: profiles.replace("~", id), target } : null
  }

  get #body() {
    return this.table.tBodies[0]
  }

  #head(columns) {
    this.columns = columns
    this.table.dataset.columns = columns.length
    for (const old of this.table.querySelectorAll("thead .column")) old.remove()
    const cells = columns.map((name) => element("th", "column", "columnheader", heading(name)))
    for (const cell of cells) cell.scope = "col"
    part(this.table.tHead, "player").after(...cells)
    this.#rows.clear()
    this.#body.replaceChildren()
  }

  #reconcile(rows, fill) {
    this.#leave(new Set(rows.map(({ id }) => id)))
    const [scored, moved] = [[], []]
    let place = this.#body.firstElementChild
    for (const [index, now] of rows.entries()) {
      const { row = newRow(now.id, this.columns, this.#profile(now.id)), shown: before = null } = this.#rows.get(now.id) ?? {}
      if (!before || !sameResult(before, now)) scored.push({ row, from: before?.s ?? null, to: now.s, next: rows[index + 1]?.s })
      if (before?.rank !== now.rank) moved.push({ player: now.id, from: before?.rank ?? null, to: now.rank })
      fill(row, before, now)
      this.#rows.delete(now.id) // so that the map has the list's order
      this.#rows.set(now.id, { row, shown: now })
      place = this.#placed(row, place)
    }
    return { scored, moved }
  }

  // Move a row to its place, before `place`. Returns the place of the next row.
  #placed(row, place) {
    if (place && row === place.nextElementSibling) {
      put(this.#body, place, null) // a row that sank: moving it is cheaper than moving all rows that rose
      return row.nextElementSibling
    }
    if (row === place) return row.nextElementSibling
    put(this.#body, row, place)
    return place
  }

  #leave(staying) {
    for (const [id, { row }] of this.#rows) {
      if (staying.has(id)) continue
      row.remove()
      this.#rows.delete(id)
    }
  }
}

// Moving a row must not take the focus from an element in it.
function put(body, row, place) {
  if (body.moveBefore && row.parentNode === body) return body.moveBefore(row, place)
  const focused = row.getRootNode().activeElement
  body.insertBefore(row, place)
  if (focused && row.contains(focused)) focused.focus({ preventScroll: true })
}
