// custom-row.js: rows from a page's own template. Values are inserted as text, never as markup.

import { scored } from "../formatting.js"
import { changeText } from "./rank-changes.js"
import { element, rankText } from "./row.js"

// `data-field` is rank, name, id, score, change, or the name of a column.
export function filler(template) {
  return (row, now, look) => {
    if (!row.matches(".custom")) wrap(row, template)
    row.classList.toggle("own", now.id === look.me)
    row.dataset.rank = now.rank
    for (const field of row.querySelectorAll("[data-field]")) field.textContent = textOf(field.dataset.field, now, look)
  }
}

function wrap(row, template) {
  const cell = element("td", "", "cell")
  cell.append(template.content.cloneNode(true))
  row.classList.add("custom")
  row.replaceChildren(cell)
}

function textOf(field, now, { format, change, columns }) {
  const known = {
    rank: rankText(now),
    name: now.n,
    id: now.id,
    score: scored(now.s, format).join("\u202f"),
    change: changeText(change),
  }
  return known[field] ?? now.c[columns.indexOf(field)] ?? ""
}
