// parsed.js: a text as JSON; null where it is none, since anybody may have written it.

export function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
