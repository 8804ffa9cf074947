// language.js: the language that a visitor chose, kept in his browser. Without a choice the server
// answers in the language that the browser asks for.

const KEY = "scoreboard.language"

// Where to go, where the page is in another language than was chosen; null where it is right as it is.
// Pure. An address that names a language is meant as it is.
export function redirectFor(here, chosen, spoken) {
  const address = new URL(here.href)
  if (!chosen || chosen === spoken || address.searchParams.has("lang")) return null
  address.searchParams.set("lang", chosen)
  return address.href
}

export function kept() {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}

export function remember(language) {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // Nothing can be kept, as in some private windows: the address keeps it for this visit.
  }
}
