// language.js: the language that a visitor chose, kept in the browser. Without a choice the server answers in the
// browser's preferred language.

const KEY = "scoreboard.language"

// The address of this page in the chosen language; null if the page has it already. An address that names a language
// is left alone. Pure.
export function redirectFor(here, chosen, spoken) {
  const address = new URL(here.href)
  if (!chosen || chosen === spoken || address.searchParams.has("lang")) return null
  address.searchParams.set("lang", chosen)
  return address.href
}

export function chosenLanguage() {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

export function rememberLanguage(language) {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // Storage is unavailable, as in some private windows: the address keeps the language for this visit.
  }
}
