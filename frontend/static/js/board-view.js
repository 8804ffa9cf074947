// board-view.js: a board on the page. Takes over the rows of the first HTML, and then changes no
// more of them than a frame does. Names come from strangers: text only, never markup.

import { emptyBoard, ranks } from "../../sdk/stream/board-state.js"
import { grouped, heading } from "./words.js"

const SLIDE_MS = 400
const GLOW_MS = 1600
const MOST_SLIDES = 40 // more at once is a flicker, not a movement

export class BoardView {
  #root
  #rows = new Map()
  #decimals
  #slides = new WeakMap()

  constructor(root) {
    this.#root = root
    this.#decimals = Number(root.dataset.decimals)
    for (const row of this.#body.rows) {
      this.#rows.set(row.dataset.player, { row, line: lineIn(row), rank: Number(row.dataset.rank) })
    }
  }

  // The board that the page shows already, as of the cursor that came with it.
  get shown() {
    const { scope, since, ties, period, total, columns } = this.#root.dataset
    return {
      ...emptyBoard(scope),
      s: Number(since.split("-")[1]),
      ties,
      period,
      total: Number(total),
      columns: columns.split(" ").filter(Boolean),
      lines: [...this.#rows.values()].map(({ line }) => line),
    }
  }

  render(board) {
    const still = document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches
    const before = still ? new Map() : this.#tops()
    const scored = this.#reconcile(board)
    this.#renderFacts(board)
    this.#slide(before)
    if (!document.hidden) scored.forEach(glow)
  }

  get #body() {
    return this.#find("rows").tBodies[0]
  }

  #find(id) {
    return document.getElementById(id)
  }

  #renderFacts(board) {
    this.#find("total").replaceChildren(...digits(board.total, 0))
    this.#find("players").textContent = board.total === 1 ? "player" : "players"
    this.#find("more").hidden = board.total <= board.lines.length
    this.#find("empty").hidden = board.lines.length > 0
    this.#find("rows").hidden = board.lines.length === 0
    if (this.#root.dataset.period !== board.period) {
      this.#root.dataset.period = board.period
      this.#find("period").textContent = board.period === "all" ? "All time" : board.period
    }
    if (this.#root.dataset.columns !== board.columns.join(" ")) {
      this.#root.dataset.columns = board.columns.join(" ")
      this.#renderHeadings(board.columns)
    }
  }

  #renderHeadings(columns) {
    const head = this.#find("rows").tHead.rows[0]
    for (const old of head.querySelectorAll(".column")) old.remove()
    head.querySelector(".score").before(
      ...columns.map((name) => {
        const cell = element("th", "column", "columnheader", heading(name))
        cell.scope = "col"
        return cell
      }),
    )
  }

  // Make the rows those of the board. Returns the rows whose results are new.
  #reconcile(board) {
    const rank = ranks(board)
    const staying = new Set(board.lines.map((line) => line.id))
    for (const [id, { row }] of this.#rows) {
      if (!staying.has(id)) {
        row.remove()
        this.#rows.delete(id)
      }
    }
    const scored = []
    let place = this.#body.firstElementChild
    board.lines.forEach((line, index) => {
      const known = this.#rows.get(line.id)
      const row = known?.row ?? newRow(line.id)
      if (!known || !sameResult(known.line, line)) {
        this.#renderResult(row, line, board.columns)
        scored.push(row)
      }
      if (known?.line.n !== line.n) row.querySelector("bdi").textContent = line.n
      if (known?.rank !== rank[index]) {
        row.dataset.rank = rank[index]
        row.cells[0].textContent = rank[index]
      }
      this.#rows.set(line.id, { row, line, rank: rank[index] })
      if (row === place) place = place.nextElementSibling
      else this.#body.insertBefore(row, place)
    })
    return scored
  }

  #renderResult(row, line, columns) {
    for (const old of row.querySelectorAll(".column, .score")) old.remove()
    line.c.forEach((value, index) => {
      const cell = element("td", "column", "cell")
      cell.dataset.label = heading(columns[index] ?? "")
      row.append(numbered(cell, value, 0))
    })
    row.append(numbered(element("td", "score", "cell"), line.s, this.#decimals))
  }

  #tops() {
    return new Map([...this.#rows.values()].map(({ row }) => [row, row.getBoundingClientRect().top]))
  }

  // Each row that moved starts where it was seen last, and glides to where it stands now.
  #slide(before) {
    for (const row of before.keys()) this.#slides.get(row)?.cancel()
    const moved = []
    for (const [row, top] of before) {
      if (!row.isConnected) continue
      const now = row.getBoundingClientRect().top
      if (Math.abs(top - now) >= 1 && (visible(top) || visible(now))) moved.push([row, top - now])
    }
    if (moved.length > MOST_SLIDES) return
    for (const [row, distance] of moved) {
      // Who rises passes in front.
      const zIndex = distance > 0 ? 2 : 1
      const frames = [
        { transform: `translateY(${distance}px)`, zIndex },
        { transform: "none", zIndex },
      ]
      this.#slides.set(row, row.animate(frames, { duration: SLIDE_MS, easing: "cubic-bezier(.2,.7,.2,1)" }))
    }
  }
}

function lineIn(row) {
  return {
    id: row.dataset.player,
    n: row.querySelector("bdi").textContent,
    s: valueOf(row.querySelector(".score")),
    c: [...row.querySelectorAll(".column")].map(valueOf),
  }
}

function valueOf(cell) {
  return Number(cell.dataset.value)
}

function newRow(id) {
  const row = element("tr", "", "row")
  row.dataset.player = id
  const player = element("th", "player", "rowheader")
  player.scope = "row"
  const name = document.createElement("bdi")
  name.dir = "auto"
  player.append(name)
  row.append(element("td", "rank", "cell"), player)
  return row
}

function numbered(cell, value, decimals) {
  cell.dataset.value = value
  cell.replaceChildren(...digits(value, decimals))
  return cell
}

function digits(value, decimals) {
  return grouped(value, decimals).map((group) => {
    const span = document.createElement("span")
    span.textContent = group
    return span
  })
}

// Roles are said aloud because a table that is laid out as a grid, as on a phone, loses them in
// some browsers.
function element(name, className, role, text = "") {
  const made = document.createElement(name)
  if (className) made.className = className
  made.setAttribute("role", role)
  made.textContent = text
  return made
}

function sameResult(one, other) {
  return one.s === other.s && one.c.length === other.c.length && one.c.every((value, i) => value === other.c[i])
}

function visible(top) {
  return top > -80 && top < innerHeight
}

function glow(row) {
  row.animate([{ backgroundColor: "var(--glow)", offset: 0 }], {
    duration: GLOW_MS,
    easing: "ease-out",
  })
}
