// site.js: the script of every page: it keeps the chosen language and colours, shows the player's name at the head, and
// registers the service worker.

import { showAccount } from "./account/header-link.js"
import { chosenLanguage, redirectFor, rememberLanguage } from "./language.js"
import { themeButton } from "./theme-button.js"

const page = document.documentElement
const { worker } = document.body.dataset

const redirect = redirectFor(location, chosenLanguage(), page.lang)
if (redirect) location.replace(redirect)

page.dataset.scripts = "" // site.css shows the controls now
themeButton(document.querySelector(".theme"))
showAccount(document.querySelector("[data-account]"))

document.querySelector(".languages")?.addEventListener("click", ({ target }) => {
  if (target.matches("a[lang]")) rememberLanguage(target.lang)
})

if (page.dataset.keptAt) import("./cached-notice.js").then(({ showCachedNotice }) => showCachedNotice(page, Number(page.dataset.keptAt)))

// Browsers allow service workers over https only. It is registered after the page has loaded, so that its downloads
// do not compete with the page's own.
if (worker && navigator.serviceWorker) {
  const register = () => navigator.serviceWorker.register(worker).catch(() => {})
  if (document.readyState === "complete") register()
  else addEventListener("load", register, { once: true })
}
