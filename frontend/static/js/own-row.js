// own-row.js: marks the visitor's own row among the others.

export function markOwnRow(table, player) {
  const old = table.querySelector("tr.own")
  const row = player && table.querySelector(`tr[data-player="${CSS.escape(player)}"]`)
  if (old === row) return
  if (old) {
    old.classList.remove("own")
    old.querySelector(".you").remove()
  }
  if (row) {
    row.classList.add("own")
    row.querySelector(".player").append(you())
  }
}

function you() {
  const mark = document.createElement("span")
  mark.className = "you"
  mark.textContent = "you"
  return mark
}
