// reading-guard.js: helps people who read a board. Holds updates while a mouse moves over rows, while a row has the
// focus, and while text is selected. Moves the focus between rows with the arrow keys.

const HOVERS = matchMedia("(hover: hover)")
const STILL_MS = 10_000 // a pointer that has not moved for so long no longer holds updates

// Calls `hold` and `release` with the reason. Returns a function that removes the listeners.
export function holdWhileReading(table, { hold, release }) {
  const board = table.closest(".lb")
  const read = (node) => node?.closest?.(".rows, .pill")
  let stillTimer = null
  const leave = () => (clearTimeout(stillTimer), release("pointer"))
  const move = ({ pointerType }) => {
    if (pointerType !== "mouse") return
    hold("pointer")
    clearTimeout(stillTimer)
    stillTimer = setTimeout(leave, STILL_MS)
  }
  const select = () => {
    const selection = getSelection()
    if (!selection.isCollapsed && table.contains(selection.anchorNode)) hold("selection")
    else release("selection")
  }
  table.addEventListener("pointermove", move)
  table.addEventListener("pointerleave", leave)
  // The button for waiting updates belongs to the rows: it would vanish under the focus as soon as they are shown.
  board.addEventListener("focusin", ({ target }) => read(target) && target.matches(":focus-visible") && hold("focus"))
  board.addEventListener("focusout", ({ relatedTarget }) => read(relatedTarget) || release("focus"))
  document.addEventListener("selectionchange", select)
  // The event that made the page load this module has passed, so the present state is checked once. On touch screens
  // it is not, because :hover stays set there after a touch.
  if (HOVERS.matches && table.matches(":hover")) move({ pointerType: "mouse" })
  if (table.querySelector(":focus-visible")) hold("focus")
  select()
  return () => (leave(), document.removeEventListener("selectionchange", select))
}

// Puts one star button into the tab order, from which the arrow keys go to those of other rows. Returns a function to
// call after rows were added or removed.
export function walkWithArrows(table) {
  const stars = () => [...table.querySelectorAll(".star button")]
  table.addEventListener("focusin", ({ target }) => {
    if (!target.matches(".star button")) return
    for (const star of stars()) star.tabIndex = star === target ? 0 : -1
  })
  table.addEventListener("keydown", (event) => {
    const all = stars()
    const at = all.indexOf(event.target)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (at < 0 || !all[to]) return
    event.preventDefault()
    all[to].focus()
  })
  return () => {
    const all = stars()
    if (all.length && all.every((star) => star.tabIndex < 0)) all[0].tabIndex = 0
  }
}
