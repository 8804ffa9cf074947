import assert from "node:assert/strict"
import { test } from "node:test"

import { linePoints, RankHistory } from "../../frontend/static/js/board/rank-history.js"

function rows(...ids) {
  return ids.map((id, index) => ({ id, rank: index + 1 }))
}

function historyOf(...states) {
  const history = new RankHistory()
  states.forEach((ids, index) => history.see(rows(...ids), index * 5000))
  return history
}

test("changes are counted from the first state", () => {
  const history = historyOf(["a", "b", "c"], ["c", "a", "b"], ["c", "b", "a"])

  assert.deepEqual(rows("c", "b", "a").map((row) => history.change(row)), [2, 0, -2])
  assert.equal(history.since, 0)
})

test("a row that was missing in the first state is new, also later", () => {
  const history = historyOf(["a"], ["a", "b"], ["b", "a"])

  assert.deepEqual(rows("b", "a").map((row) => history.change(row)), ["new", -1])
})

test("before the first state no row is new", () => {
  assert.equal(new RankHistory().change({ id: "a", rank: 1 }), 0)
})

test("a trend is the last twenty ranks, and states that come fast count as one", () => {
  const history = new RankHistory()
  for (let at = 0; at < 30; at += 1) history.see([{ id: "a", rank: at + 1 }], at * 2000)
  assert.deepEqual([history.trend("a").length, history.trend("a")[0], history.trend("a").at(-1)], [20, 11, 30])

  history.see([{ id: "a", rank: 99 }], 29 * 2000 + 500)
  assert.deepEqual([history.trend("a").length, history.trend("a")[0], history.trend("a").at(-1)], [20, 11, 99])
})

test("a row that leaves loses its trend", () => {
  const history = historyOf(["a", "b"], ["a"], ["a", "b"])

  assert.deepEqual(history.trend("b"), [2])
  assert.deepEqual(history.trend("nobody"), [])
})

test("another period starts a new history", () => {
  const history = historyOf(["a", "b"], ["b", "a"])

  history.clear()
  history.see(rows("a", "b"), 99_000)

  assert.deepEqual(rows("a", "b").map((row) => history.change(row)), [0, 0])
  assert.equal(history.since, 99_000)
})

test("the best rank of a line is at its top, and it goes from side to side", () => {
  const points = linePoints([4, 2, 3], { width: 190, height: 10 })

  assert.deepEqual(points, [[0, 10], [95, 0], [190, 5]])
})
