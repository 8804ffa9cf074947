// site.js: what every page does: keeps the language that was chosen, and is there when the network is not.

import { kept, languageWanted, remember } from "./language.js"

const wanted = languageWanted(location, kept(), document.documentElement.lang)
if (wanted) location.replace(wanted)

document.querySelector(".languages")?.addEventListener("click", ({ target }) => {
  if (target.matches("a[lang]")) remember(target.lang)
})
