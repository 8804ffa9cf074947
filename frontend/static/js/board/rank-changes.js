// rank-changes.js: the rank changes of a row: places won or lost, and a line of its recent ranks.

import { t } from "../messages.js"
import { linePoints } from "./rank-history.js"
import { element, part } from "./row.js"

const SVG = "http://www.w3.org/2000/svg"
const LINE = { width: 62, height: 14 }
const MIN_STATES = 5 // fewer make no line to read

// `change` is the number of places won (negative: lost), or "new".
export function fillMove(row, change) {
  const cell = part(row, "move")
  if ((cell.dataset.change ?? "0") === String(change)) return
  cell.dataset.change = change
  cell.dataset.way = change === "new" ? "new" : change > 0 ? "up" : "down"
  const mark = element("span", "mark", "", changeText(change))
  mark.setAttribute("aria-hidden", "true")
  cell.replaceChildren(...(change ? [mark, element("span", "unseen", "", changeWords(change))] : []))
}

export function changeText(change) {
  if (change === "new") return "NEW"
  return change ? `${change > 0 ? "▲" : "▼"}${Math.abs(change)}` : ""
}

// Empty for few states, and if the rank never changed.
export function fillTrend(row, ranks) {
  const cell = part(row, "trend")
  if (ranks.length < MIN_STATES || ranks.every((rank) => rank === ranks[0])) return cell.replaceChildren()
  const svg = cell.firstElementChild ?? cell.appendChild(newLine())
  const points = linePoints(ranks, LINE).map((point) => point.map((value) => value.toFixed(1)))
  const [line, dot] = svg.children
  line.setAttribute("points", points.join(" "))
  dot.setAttribute("cx", points[points.length - 1][0])
  dot.setAttribute("cy", points[points.length - 1][1])
  svg.setAttribute("aria-label", t("board.trendOf", { from: ranks[0], to: ranks[ranks.length - 1] }))
}

function changeWords(change) {
  if (change === "new") return t("board.entered")
  return change > 0 ? t("board.up", { n: change }) : t("board.down", { n: -change })
}

function newLine() {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", `-3 -3 ${LINE.width + 6} ${LINE.height + 6}`)
  svg.setAttribute("role", "img")
  const dot = document.createElementNS(SVG, "circle")
  dot.setAttribute("r", 2.2)
  svg.append(document.createElementNS(SVG, "polyline"), dot)
  return svg
}
