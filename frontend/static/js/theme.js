// theme.js: applies a chosen theme. Not a module, so that it runs before the first paint and no other colours flash.

{
  try {
    const theme = localStorage.getItem("scoreboard.theme")
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
  } catch {
    // Storage is unavailable, as in some private windows: the system's theme applies.
  }
}
