// top.js: the first rows of the board.

import { writtenOut } from "../formatting.js"

const SHOWN = 5

export function renderTop(list, entries, decimals, me) {
  list.replaceChildren(...entries.slice(0, SHOWN).map((entry) => row(entry, decimals, entry.id === me)))
}

function row({ rank, name, score }, decimals, own) {
  const made = document.createElement("li")
  made.classList.toggle("own", own)
  const player = part("span", "player", "")
  player.append(Object.assign(part("bdi", "", name), { dir: "auto" }))
  made.append(part("span", "rank", rank), player, part("span", "score", writtenOut(score, decimals)))
  return made
}

function part(name, className, text) {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}
