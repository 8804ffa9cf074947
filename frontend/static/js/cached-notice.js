// cached-notice.js: a notice with the age of a board that the service worker kept, until the page is live again.

import { ago, t, time } from "./messages.js"

const MINUTE_MS = 60_000
const LIVE = ["live", "delayed", "polling"]

export function showCachedNotice(page, keptAt) {
  const note = document.createElement("p")
  note.className = "kept"
  note.setAttribute("role", "status")
  const say = () => (note.textContent = t("kept.asOf", { time: time(keptAt, whole(keptAt)), ago: ago(Date.now() - keptAt) }))
  page.querySelector("main").prepend(note)
  say()
  const timer = setInterval(say, MINUTE_MS)
  const watch = new MutationObserver(() => {
    if (!LIVE.includes(page.dataset.connection)) return
    watch.disconnect()
    clearInterval(timer)
    note.remove()
  })
  watch.observe(page, { attributes: true, attributeFilter: ["data-connection"] })
}

// Without the date for a board of today.
function whole(at) {
  const today = new Date(at).toDateString() === new Date().toDateString()
  return today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" }
}
