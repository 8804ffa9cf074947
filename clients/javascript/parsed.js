// parsed.js: parses JSON from untrusted places; null for anything else.

export function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
