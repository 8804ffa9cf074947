// menus.js: closes the menus of periods and regions: by Escape, when the focus goes elsewhere, and by a press elsewhere.

const OPEN = "details.choices[open]"

// Returns a function that removes the listeners.
export function closeMenus(bar) {
  const closeOthers = ({ target }) => {
    for (const menu of bar.querySelectorAll(OPEN)) if (!menu.contains(target)) menu.open = false
  }
  const closeOnEscape = ({ key, target }) => {
    const menu = key === "Escape" && target.closest(OPEN)
    if (!menu) return
    menu.open = false
    menu.querySelector("summary").focus()
  }
  bar.addEventListener("keydown", closeOnEscape)
  for (const type of ["pointerdown", "focusin"]) document.addEventListener(type, closeOthers)
  return () => {
    bar.removeEventListener("keydown", closeOnEscape)
    for (const type of ["pointerdown", "focusin"]) document.removeEventListener(type, closeOthers)
  }
}
