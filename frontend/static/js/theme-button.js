// theme-button.js: switches between the system's colours, light and dark; kept across visits.

import { t } from "./messages.js"

const NEXT = { auto: "light", light: "dark", dark: "auto" }

export function themeButton(button) {
  const { dataset } = document.documentElement
  const show = () => {
    const text = t(`theme.${dataset.theme ?? "auto"}`)
    button.title = text
    button.setAttribute("aria-label", text)
  }
  button.addEventListener("click", () => {
    const theme = NEXT[dataset.theme ?? "auto"]
    if (theme === "auto") delete dataset.theme
    else dataset.theme = theme
    keep(theme)
    show()
  })
  show()
}

function keep(theme) {
  try {
    localStorage.setItem("scoreboard.theme", theme)
  } catch {
    // The choice lasts until the page is closed.
  }
}
