// theme.js: light or dark, where somebody chose. No module: it runs before anything is drawn, so that
// nothing flashes in the other colours.

{
  try {
    const theme = localStorage.getItem("scoreboard.theme")
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
  } catch {
    // Nothing can be kept here, as in some private windows: as the system has it.
  }
}
