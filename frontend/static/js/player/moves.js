// moves.js: the list of a player's moves since the page was opened, newest first. Moves on one board that follow one
// another within seconds are one: the list is read aloud.

import { t, time } from "../messages.js"

const MOST = 20
const ONE_MOVE_MS = 3000

export class Moves {
  #none
  #list
  #last = new Map() // by board: its newest item, the time of its first move, and the rank before that

  constructor(section) {
    this.#none = section.querySelector(".none")
    this.#list = section.querySelector("ol")
  }

  // A move is { board, from, to, points }.
  add(move, now = Date.now()) {
    this.#none.hidden = true
    const last = this.#last.get(move.board)
    if (last && now - last.at < ONE_MOVE_MS) return write(last.item, { ...move, from: last.from }, now)
    const item = document.createElement("li")
    this.#last.set(move.board, { item, at: now, from: move.from })
    write(item, move, now)
    this.#list.prepend(item)
    while (this.#list.children.length > MOST) this.#list.lastElementChild.remove()
  }
}

function write(item, { board, from, to, points }, now) {
  const at = document.createElement("time")
  at.dateTime = new Date(now).toISOString()
  at.textContent = time(now)
  const name = document.createElement("bdi")
  name.textContent = board
  const text = from === to ? t("player.stayed", { to, points }) : t("player.moved", { from, to, points })
  item.dataset.way = to < from ? "up" : to > from ? "down" : "same"
  item.replaceChildren(at, " ", name, " ", text)
}
