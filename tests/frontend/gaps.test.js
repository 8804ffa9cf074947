import assert from "node:assert/strict"
import { test } from "node:test"

import { gaps } from "../../frontend/static/js/board/gaps.js"

const rows = [["ada", 30], ["bob", 25], ["eve", 25], ["dan", 4]].map(([id, s]) => ({ id, s }))

test("each row is behind the one before it, and behind the leader", () => {
  assert.deepEqual(gaps(rows, { leader: rows[0], isWhole: true }), [
    { next: null, leader: null },
    { next: 5, leader: 5 },
    { next: 0, leader: 5 },
    { next: 21, leader: 26 },
  ])
})

test("where less is better the differences are the same", () => {
  const times = [...rows].reverse()

  assert.deepEqual(gaps(times, { leader: times[0], isWhole: true }).map(({ next }) => next), [null, 21, 0, 5])
})

test("of rows that were picked out only the distance to the leader is known", () => {
  assert.deepEqual(gaps(rows.slice(2), { leader: rows[0], isWhole: false }), [
    { next: null, leader: 5 },
    { next: null, leader: 26 },
  ])
})

test("without a leader, as on a later page, only neighbours are compared", () => {
  assert.deepEqual(gaps(rows.slice(2), { leader: null, isWhole: true }), [
    { next: null, leader: null },
    { next: 21, leader: null },
  ])
})
