// reading-guard.js: holds updates while a mouse moves over rows, while a row has the focus, and during a selection.

const HOVERS = matchMedia("(hover: hover)")
const STILL_MS = 10_000 // a pointer that rests on the rows for so long no longer holds updates

// Returns a function that ends it.
export function holdWhileReading(table, { hold, release }) {
  let left = null
  const leave = () => (clearTimeout(left), release("pointer"))
  const move = ({ pointerType }) => {
    if (pointerType !== "mouse") return
    hold("pointer")
    clearTimeout(left)
    left = setTimeout(leave, STILL_MS)
  }
  const select = () => {
    const selection = getSelection()
    if (!selection.isCollapsed && table.contains(selection.anchorNode)) hold("selection")
    else release("selection")
  }
  table.addEventListener("pointermove", move)
  table.addEventListener("pointerleave", leave)
  table.addEventListener("focusin", ({ target }) => target.matches(":focus-visible") && hold("focus"))
  table.addEventListener("focusout", () => release("focus"))
  document.addEventListener("selectionchange", select)
  // The event that loaded this module is over already. Without a mouse, a touch leaves :hover set.
  if (HOVERS.matches && table.matches(":hover")) move({ pointerType: "mouse" })
  if (table.querySelector(":focus-visible")) hold("focus")
  select()
  return () => (leave(), document.removeEventListener("selectionchange", select))
}

// One star is in the tab order; the arrow keys go from row to row. Returns a function to call when rows were added or
// removed.
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
