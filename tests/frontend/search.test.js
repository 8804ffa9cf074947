import assert from "node:assert/strict"
import { test } from "node:test"

import { isLongEnough, joined } from "../../frontend/static/js/board/search.js"

test("two characters can be searched for, or one that is a word", () => {
  assert.deepEqual(["ad", "é1", "王", "か", "김"].map(isLongEnough), Array(5).fill(true))
  assert.deepEqual(["", "a", "é", "𝒜"].map(isLongEnough), Array(4).fill(false))
})

test("rows that were found near come first, and nobody comes twice", () => {
  const [ada, bob, eve] = ["ada", "bob", "eve"].map((id) => ({ id }))

  assert.deepEqual(joined([bob, ada], [ada, eve]), [bob, ada, eve])
  assert.deepEqual(joined([], [ada]), [ada])
})
