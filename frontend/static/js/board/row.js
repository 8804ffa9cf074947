// row.js: makes and updates one row of the table. Display names are untrusted, so they are only inserted as text.

import { t } from "../messages.js"
import { grouped, scored, titled } from "../formatting.js"
import { sameResult } from "./compare.js"
import { fillPlayer, newPortrait } from "./player-cell.js"

// ARIA roles are explicit, because table rows that are laid out as grids lose theirs in some browsers.
// With `profile` the name leads to the player's page: { href, target }. `titles` are those of columns, by name, and
// `avatars` is the address of pictures.
export function newRow(id, columns, { profile = null, titles = {}, avatars = "" } = {}) {
  const row = element("tr", "", "row")
  row.dataset.player = id
  const player = element("th", "player", "rowheader")
  player.scope = "row"
  const name = element("bdi")
  name.dir = "auto"
  player.append(newPortrait(id, avatars), profile ? profileLink(profile, name) : name)
  row.append(element("td", "rank", "cell"), player, element("td", "gap", "cell"))
  for (const column of columns) {
    const cell = element("td", "column", "cell")
    cell.dataset.label = titled(column, titles)
    row.append(cell)
  }
  row.append(...["move", "trend", "score", "star"].map((name) => element("td", name, "cell")))
  part(row, "star").append(newStar())
  return row
}

// Update the cells whose values differ between `before` (null for a new row) and `now`.
export function fillRow(row, before, now, { format, me, show }) {
  fillOwn(row, now.id === me)
  fillPlayer(part(row, "player"), before, now, show)
  if (before?.n !== now.n) row.querySelector("bdi").textContent = now.n
  if (before?.rank !== now.rank || before.tied !== now.tied) {
    row.dataset.rank = now.rank ?? ""
    part(row, "rank").textContent = rankText(now)
  }
  if (before && sameResult(before, now)) return
  row.querySelectorAll(".column").forEach((cell, index) => {
    const value = now.c[index] ?? 0
    writeNumber(cell, value, grouped(value, 0))
  })
  writeNumber(part(row, "score"), now.s, scored(now.s, format))
}

export function rankText({ rank, tied }) {
  if (rank === null) return "–"
  return tied ? `=${rank}` : String(rank)
}

export function writeNumber(cell, value, groups) {
  cell.dataset.value = value
  cell.replaceChildren(...groups.map((group) => element("span", "", "", group)))
}

export function part(row, name) {
  return row.querySelector(`.${name}`)
}

export function element(name, className = "", role = "", text = "") {
  const node = document.createElement(name)
  if (className) node.className = className
  if (role) node.setAttribute("role", role)
  node.textContent = text
  return node
}

function fillOwn(row, own) {
  if (row.classList.contains("own") === own) return
  row.classList.toggle("own", own)
  if (own) part(row, "player").append(element("span", "you", "", t("board.you")))
  else part(row, "you").remove()
}

function profileLink({ href, target }, name) {
  const link = Object.assign(element("a", "profile"), { href, ...(target && { target, rel: "noopener" }) })
  link.tabIndex = -1 // reading-guard.js lets the arrow keys lead to it
  link.append(name)
  return link
}

function newStar() {
  const star = element("button", "", "", "☆")
  star.type = "button"
  star.tabIndex = -1
  star.setAttribute("aria-label", t("board.favourite"))
  star.setAttribute("aria-pressed", "false")
  return star
}
