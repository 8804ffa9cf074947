import assert from "node:assert/strict"
import { test } from "node:test"

import { redirectFor } from "../../frontend/static/js/language.js"

const wanted = (address, chosen, spoken) => redirectFor({ href: `https://b.example${address}` }, chosen, spoken)

test("a page in another language than was chosen leads to the one that was", () => {
  assert.equal(wanted("/b/main?period=previous#top", "ar", "en"), "https://b.example/b/main?period=previous&lang=ar#top")
})

test("a page stays where it is right, or nothing was chosen", () => {
  assert.equal(wanted("/", "de", "de"), null)
  assert.equal(wanted("/", null, "de"), null)
})

test("an address that names a language is meant as it is, so nobody is sent in a circle", () => {
  assert.equal(wanted("/?lang=fr", "de", "fr"), null)
  assert.equal(wanted("/?lang=tlh", "tlh", "en"), null)
})
