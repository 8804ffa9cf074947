// english.js: import it, so that the texts of pages are English in a test.

import { readFileSync } from "node:fs"

import { setTexts } from "../../frontend/static/js/messages.js"

export function texts(tag) {
  return JSON.parse(readFileSync(new URL(`../../frontend/messages/${tag}.json`, import.meta.url), "utf8"))
}

setTexts("en", texts("en"))
