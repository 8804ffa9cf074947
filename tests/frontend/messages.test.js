import assert from "node:assert/strict"
import { test } from "node:test"

import { ago, setTexts, soon, t } from "../../frontend/static/js/messages.js"
import { texts } from "./english.js"

test("values replace the placeholders of a text", () => {
  setTexts("en", { "a.b": "{name} leads with {points}, says {name}" })

  assert.equal(t("a.b", { name: "<b>", points: "12" }), "<b> leads with 12, says <b>")
})

test("a value that looks like a placeholder is not replaced", () => {
  setTexts("en", { "a.b": "{one} {other}" })

  assert.equal(t("a.b", { one: "{other}", other: "$&" }), "{other} $&")
})

test("a number chooses its plural form in the language", () => {
  const text = (tag, n) => (setTexts(tag, texts(tag)), t("events.held", { n }))

  assert.equal(text("en", 1), "1 frame")
  assert.equal(text("fr", 0), "0 trame")
  assert.equal(text("ar", 2), "إطاران")
  assert.match(text("ar", 105), /إطارات$/)
  assert.match(text("ar", 12), /إطارًا$/)
  assert.match(text("ja", 3), /フレーム$/)
})

test("a missing text is shown as its key", () => {
  setTexts("en", {})

  assert.equal(t("a.b"), "a.b")
})

test("past times are in words of the page's language", () => {
  setTexts("en", {})
  assert.equal(ago(1000), "1 second ago")
  assert.equal(ago(59_000), "59 seconds ago")
  assert.equal(ago(119_000), "1 minute ago")
  assert.equal(ago(2 * 3_600_000), "2 hours ago")

  setTexts("de", {})
  assert.equal(ago(3 * 86_400_000), "vor 3 Tagen")
})

test("waiting times are whole units, rounded up", () => {
  setTexts("en", {})
  assert.deepEqual([0, 1, 61, 101, 3600, 7201].map(soon), [
    "in 1 second",
    "in 1 second",
    "in 61 seconds",
    "in 2 minutes",
    "in 60 minutes",
    "in 3 hours",
  ])

  setTexts("ja", {})
  assert.equal(soon(40), "40 秒後")
})
