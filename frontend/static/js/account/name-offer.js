// name-offer.js: a guest who has not chosen a name may do so in their row of the board. Loaded when that row is shown.

import { t } from "../messages.js"
import { browserPlayer } from "./browser-player.js"
import { hasGivenName } from "./given-name.js"
import { chooseName } from "./name-dialog.js"
import { loadStyle } from "./style.js"

let player = null

// Add the button to the row of the guest, and remove it from others. Called after each change of the rows.
export function offerName(board, stored) {
  const known = stored.read()
  const row = known && hasGivenName(known) ? rowOf(board, known.player) : null
  for (const old of board.querySelectorAll("button.rename")) if (!row?.contains(old)) old.remove()
  if (!row || row.querySelector("button.rename")) return
  loadStyle("account.css")
  row.querySelector(".player").append(newButton(board, stored))
}

function rowOf(board, id) {
  return board.querySelector(`tr[data-player="${CSS.escape(id)}"]`)
}

function newButton(board, stored) {
  const button = document.createElement("button")
  Object.assign(button, { type: "button", className: "rename", textContent: t("name.choose") })
  button.addEventListener("click", async (event) => {
    event.stopPropagation() // a click on the row scrolls to it
    const name = await chooseName((player ??= browserPlayer(stored)))
    if (name === null) return
    offerName(board, stored)
    showName(rowOf(board, stored.read().player), name)
  })
  return button
}

// At once, although rows wait for a reader whose focus is on them. The button is gone: the focus goes to what is left.
function showName(row, name) {
  if (!row) return
  row.querySelector("bdi").textContent = name
  row.querySelector(".player a, .star button")?.focus()
}
