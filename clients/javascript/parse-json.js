// parse-json.js: parses untrusted JSON. Returns null for anything else.

export function parseJson(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
