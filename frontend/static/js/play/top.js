// top.js: draws the first rows of the board on the game's page.

import { writtenOut } from "../formatting.js"

const MAX_ROWS = 5

// `list` has the address of players' pages, with ~ in place of the id.
export function renderTop(list, entries, decimals, me) {
  const focused = list.querySelector(":focus")?.href
  list.replaceChildren(...entries.slice(0, MAX_ROWS).map((entry) => row(entry, decimals, { own: entry.id === me, ...list.dataset })))
  if (focused) [...list.querySelectorAll("a")].find(({ href }) => href === focused)?.focus()
}

function row({ rank, id, name, score }, decimals, { own, profiles }) {
  const item = document.createElement("li")
  item.classList.toggle("own", own)
  const link = part("a", "", "")
  link.href = profiles.replace("~", encodeURIComponent(id))
  link.append(Object.assign(part("bdi", "", name), { dir: "auto" }))
  const player = part("span", "player", "")
  player.append(link)
  item.append(part("span", "rank", rank), player, part("span", "score", writtenOut(score, decimals)))
  return item
}

function part(name, className, text) {
  const node = document.createElement(name)
  if (className) node.className = className
  node.textContent = text
  return node
}
