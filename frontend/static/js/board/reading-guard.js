// reading-guard.js: helps people who read a board. Holds updates while a mouse moves over rows, while a row has the
// focus, and while text is selected. Moves the focus between rows with the arrow keys.

const HOVERS = matchMedia("(hover: hover)")
const [STAR, PROFILE, LINK] = [".star button", ".profile", ".link"]
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

// Puts one button or link of the rows into the tab order, from which the arrow keys go to those of other rows, and
// sideways to the others of its row. Returns a function to call after rows were added or removed.
export function walkWithArrows(table) {
  const all = (kind) => [...table.querySelectorAll(kind)]
  table.addEventListener("focusin", ({ target }) => {
    const stops = all(tabStop(table))
    if (stops.includes(target)) for (const stop of stops) stop.tabIndex = stop === target ? 0 : -1
  })
  table.addEventListener("keydown", (event) => {
    const kind = [STAR, PROFILE, LINK].find((kind) => event.target.matches(kind))
    const to = kind && (above(event, all(kind)) ?? beside(event))
    if (!to) return
    event.preventDefault()
    to.focus()
  })
  return () => {
    for (const link of all(`${PROFILE}:not([tabindex], :focus)`)) link.tabIndex = -1
    const stops = all(tabStop(table))
    if (stops.length && stops.every((stop) => stop.tabIndex < 0)) stops[0].tabIndex = 0
  }
}

// The stars, or the names where stars are hidden.
function tabStop(table) {
  return table.closest(".lb").matches(".no-star") ? PROFILE : STAR
}

function above({ key, target }, all) {
  const at = all.indexOf(target)
  return all[{ ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[key]]
}

// In the direction of the text. After the last one of a row comes its first one.
function beside({ key, target }) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key]
  if (!step) return null
  const stops = [...target.closest("tr").querySelectorAll([STAR, PROFILE, LINK].join())]
  const isMirrored = getComputedStyle(target).direction === "rtl"
  return stops.at((stops.indexOf(target) + (isMirrored ? -step : step)) % stops.length)
}
