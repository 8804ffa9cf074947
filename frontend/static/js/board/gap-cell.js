// gap-cell.js: writes how far a row is behind the one before it. The title also names the leader.

import { t } from "../messages.js"
import { scored } from "../formatting.js"

const SIGN = { desc: "\u2212", asc: "+" }

// `gap` is { next, leader }, see gaps.js; `order` is the board's: where less is better, a row is behind by more.
export function fillGap(cell, gap, { format, order }) {
  const [next, leader] = [gap?.next, gap?.leader].map((value) => (value ? written(value, format) : ""))
  const text = next && SIGN[order] + next
  if (cell.textContent !== text) cell.textContent = text
  const title = [next && t("board.gapNext", { next }), leader && t("board.gapLeader", { leader })].filter(Boolean).join("\n")
  if (cell.title !== title) cell.title = title
}

function written(value, format) {
  return scored(value, format).join("\u202f")
}
