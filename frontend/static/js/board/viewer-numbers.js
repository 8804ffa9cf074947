// viewer-numbers.js: rows of the first HTML have numbers as the page's language writes them; this writes them as the
// viewer's language does. Loaded where the two differ.

import { grouped, scored } from "../formatting.js"
import { writeNumber } from "./row.js"

export function writeNumbers(root, format) {
  for (const cell of root.querySelectorAll("tbody :is(.column, .score)")) {
    const value = Number(cell.dataset.value)
    writeNumber(cell, value, cell.matches(".score") ? scored(value, format) : grouped(value, 0))
  }
}
