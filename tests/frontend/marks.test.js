import assert from "node:assert/strict"
import { test } from "node:test"

import { linePoints, Marks } from "../../frontend/static/js/board/marks.js"

function rows(...ids) {
  return ids.map((id, index) => ({ id, rank: index + 1 }))
}

function seen(...states) {
  const marks = new Marks()
  states.forEach((ids, index) => marks.see(rows(...ids), index * 5000))
  return marks
}

test("changes are told since the first state", () => {
  const marks = seen(["a", "b", "c"], ["c", "a", "b"], ["c", "b", "a"])

  assert.deepEqual(rows("c", "b", "a").map((row) => marks.change(row)), [2, 0, -2])
  assert.equal(marks.since, 0)
})

test("who was not there at first is new, also after a while", () => {
  const marks = seen(["a"], ["a", "b"], ["b", "a"])

  assert.deepEqual(rows("b", "a").map((row) => marks.change(row)), ["new", -1])
})

test("before anything was seen nobody is new", () => {
  assert.equal(new Marks().change({ id: "a", rank: 1 }), 0)
})

test("a trend is the last twenty ranks, and states that come fast count as one", () => {
  const marks = new Marks()
  for (let at = 0; at < 30; at += 1) marks.see([{ id: "a", rank: at + 1 }], at * 2000)
  assert.deepEqual([marks.trend("a").length, marks.trend("a")[0], marks.trend("a").at(-1)], [20, 11, 30])

  marks.see([{ id: "a", rank: 99 }], 29 * 2000 + 500)
  assert.deepEqual([marks.trend("a").length, marks.trend("a")[0], marks.trend("a").at(-1)], [20, 11, 99])
})

test("who leaves takes his trend with him", () => {
  const marks = seen(["a", "b"], ["a"], ["a", "b"])

  assert.deepEqual(marks.trend("b"), [2])
  assert.deepEqual(marks.trend("nobody"), [])
})

test("another period begins anew", () => {
  const marks = seen(["a", "b"], ["b", "a"])

  marks.clear()
  marks.see(rows("a", "b"), 99_000)

  assert.deepEqual(rows("a", "b").map((row) => marks.change(row)), [0, 0])
  assert.equal(marks.since, 99_000)
})

test("the best rank of a line is at its top, and it ends at the right", () => {
  const points = linePoints([4, 2, 3], { width: 190, height: 10 })

  assert.deepEqual(points, [[170, 10], [180, 0], [190, 5]])
})
