// first-html.js: reads a board from the first HTML.

import { emptyBoard } from "../../../sdk/stream/board-state.js"

export function rowIn(row) {
  const value = (cell) => Number(cell.dataset.value)
  const rank = row.querySelector(".rank").textContent
  return {
    id: row.dataset.player,
    n: row.querySelector("bdi").textContent,
    s: value(row.querySelector(".score")),
    c: [...row.querySelectorAll(".column")].map(value),
    m: shownIn(row.querySelector(".player")),
    rank: Number(row.dataset.rank),
    tied: rank.startsWith("="),
  }
}

// The metadata of a row; undefined if it shows none.
function shownIn(cell) {
  const text = cell.querySelector(".shown")?.dataset.values
  return text && JSON.parse(text)
}

export function columnsIn(table) {
  return table.dataset.names.split(" ").filter(Boolean)
}

// The board at the cursor that came with the rows. A later page has none of the streamed rows, and no cursor: its rows
// can be polled before the stream's first frame, so it knows its period and its number of players already.
export function boardIn(root) {
  const { scope, since = "", ties, period, total, page, show = "[]" } = root.querySelector(".lb").dataset
  if (Number(page)) return { ...emptyBoard(scope), show: JSON.parse(show), period, total: Number(total) }
  const table = root.querySelector(".rows")
  const s = since ? Number(since.split("-")[1]) : scope === undefined ? 0 : null
  const lines = [...table.tBodies[0].rows].map(rowIn).map(({ id, n, s, c, m }) => (m ? { id, n, s, c, m } : { id, n, s, c }))
  return { ...emptyBoard(scope), show: JSON.parse(show), s, ties, period, total: Number(total), columns: columnsIn(table), lines }
}
