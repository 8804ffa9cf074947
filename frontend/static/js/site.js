// site.js: the script of every page: it keeps the chosen language and colours, shows the player's name at the head, and
// registers the service worker.

import { storedKeys } from "../../sdk/browser-storage.js"
import { chosenLanguage, redirectFor, rememberLanguage } from "./language.js"

const page = document.documentElement
const { worker } = document.body.dataset

const redirect = redirectFor(location, chosenLanguage(), page.lang)
if (redirect) location.replace(redirect)

page.dataset.scripts = "" // site.css shows the controls now
offerThemes(document.querySelector(".theme"))
offerAccount(document.querySelector("[data-account]"))

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

// The server's label of the button is right until colours are chosen.
function offerThemes(button) {
  let clicks = 0 // that came before the module
  let loading = null // tried again at the next click if it fails
  const load = () => (loading ??= import("./theme-button.js").then(offer, () => (loading = null)))
  const offer = ({ themeButton }) => {
    themeButton(button)
    button.removeEventListener("click", early)
    while (clicks-- > 0) button.click()
  }
  const early = () => (clicks++, load())
  if (page.dataset.theme) load()
  else button?.addEventListener("click", early)
}

// The link to the account shows the player's name. Browsers in which nobody has played load nothing for it.
function offerAccount(link) {
  const show = () => import("./account/header-link.js").then(({ showAccount }) => showAccount(link))
  if (link && storedKeys("scoreboard.session ").length) show()
  else if (link) addEventListener("scoreboard.session", show, { once: true })
}
