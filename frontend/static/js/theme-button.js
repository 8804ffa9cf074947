// theme-button.js: colours as the system has them, light, or dark; kept across visits.

const TEXTS = {
  auto: "Colours: as the system has them",
  light: "Colours: light",
  dark: "Colours: dark",
}
const NEXT = { auto: "light", light: "dark", dark: "auto" }

export function themeButton(button) {
  const { dataset } = document.documentElement
  const show = () => {
    const text = TEXTS[dataset.theme ?? "auto"]
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
    // It lasts until the page is left.
  }
}
