// top.js: draws the first rows of the board on the game's page.

import { writtenOut } from "../formatting.js"

const MAX_ROWS = 5

export function renderTop(list, entries, decimals, me) {
  list.replaceChildren(...entries.slice(0, MAX_ROWS).map((entry) => row(entry, decimals, entry.id === me)))
}

function row({ rank, name, score }, decimals, own) {
  const item = document.createElement("li")
  item.classList.toggle("own", own)
  const player = part("span", "player", "")
  player.append(Object.assign(part("bdi", "", name), { dir: "auto" }))
  item.append(part("span", "rank", rank), player, part("span", "score", writtenOut(score, decimals)))
  return item
}

function part(name, className, text) {
  const node = document.createElement(name)
  node.className = className
  node.textContent = text
  return node
}
