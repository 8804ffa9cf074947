import assert from "node:assert/strict"
import { test } from "node:test"

import { redirectFor } from "../../frontend/static/js/language.js"

const redirect = (address, chosen, spoken) => redirectFor({ href: `https://b.example${address}` }, chosen, spoken)

test("a page in another language redirects to the chosen one", () => {
  assert.equal(redirect("/b/main?period=previous#top", "ar", "en"), "https://b.example/b/main?period=previous&lang=ar#top")
})

test("without another chosen language a page stays", () => {
  assert.equal(redirect("/", "de", "de"), null)
  assert.equal(redirect("/", null, "de"), null)
})

test("an address that names a language never redirects, so there is no loop", () => {
  assert.equal(redirect("/?lang=fr", "de", "fr"), null)
  assert.equal(redirect("/?lang=tlh", "tlh", "en"), null)
})
