import assert from "node:assert/strict"
import { test } from "node:test"

import { ago, setTexts, soon, t } from "../../frontend/static/js/messages.js"
import { texts } from "./english.js"

test("a text has its values in its places", () => {
  setTexts("en", { "a.b": "{who} leads with {points}, says {who}" })

  assert.equal(t("a.b", { who: "<b>", points: "12" }), "<b> leads with 12, says <b>")
})

test("a value that looks like a place is no place", () => {
  setTexts("en", { "a.b": "{one} {other}" })

  assert.equal(t("a.b", { one: "{other}", other: "$&" }), "{other} $&")
})

test("a number chooses the form that its language has for it", () => {
  const said = (tag, n) => (setTexts(tag, texts(tag)), t("events.held", { n }))

  assert.equal(said("en", 1), "1 frame")
  assert.equal(said("fr", 0), "0 trame")
  assert.equal(said("ar", 2), "إطاران")
  assert.match(said("ar", 105), /إطارات$/)
  assert.match(said("ar", 12), /إطارًا$/)
  assert.match(said("ja", 3), /フレーム$/)
})

test("a text that is not there is its key, so that it is noticed", () => {
  setTexts("en", {})

  assert.equal(t("a.b"), "a.b")
})

test("how long ago something was is said in words of the page's language", () => {
  setTexts("en", {})
  assert.equal(ago(1000), "1 second ago")
  assert.equal(ago(59_000), "59 seconds ago")
  assert.equal(ago(119_000), "1 minute ago")
  assert.equal(ago(2 * 3_600_000), "2 hours ago")

  setTexts("de", {})
  assert.equal(ago(3 * 86_400_000), "vor 3 Tagen")
})

test("how long it is still to wait is said in whole units, and never too short", () => {
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
