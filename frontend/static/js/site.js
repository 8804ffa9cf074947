// site.js: what every page does: keeps the language and the colours that were chosen, and is there when the
// network is not.

import { kept, redirectFor, remember } from "./language.js"
import { themeButton } from "./theme-button.js"

const page = document.documentElement
const { worker } = document.body.dataset

const wanted = redirectFor(location, kept(), page.lang)
if (wanted) location.replace(wanted)

themeButton(document.querySelector(".theme"))

document.querySelector(".languages")?.addEventListener("click", ({ target }) => {
  if (target.matches("a[lang]")) remember(target.lang)
})

if (page.dataset.keptAt) import("./cached-notice.js").then(({ showCachedNotice }) => showCachedNotice(page, Number(page.dataset.keptAt)))

// Browsers have service workers only where nobody on the way can change them. What it keeps is not needed
// before the page itself is there.
if (worker && navigator.serviceWorker) {
  const register = () => navigator.serviceWorker.register(worker).catch(() => {})
  if (document.readyState === "complete") register()
  else addEventListener("load", register, { once: true })
}
