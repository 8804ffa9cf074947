import assert from "node:assert/strict"
import { test } from "node:test"

import { Pace } from "../../frontend/static/js/board/pace.js"
import { between } from "../../frontend/static/js/board/score-count-up.js"
import { movements } from "../../frontend/static/js/board/slides.js"

const HEIGHT = 40

globalThis.innerHeight = 1000

// The rows of a list in their new order, as slides.js measures them: each has its name and its old place.
function rowsInMotion(...rows) {
  return rows.map(([row, was], place) => ({ row, was: was === null ? null : boxAt(was), now: boxAt(place) }))
}

function boxAt(place) {
  return { top: place * HEIGHT, left: 0, width: 300 }
}

// Where the rows begin, in their new order.
function beginnings(rows, changed) {
  const { slides } = movements(rows, new Set(changed))
  return rows.map(({ row, now }) => now.top + (slides.find(([one]) => one === row)?.[1] ?? 0))
}

test("a row that rises appears at its new place, and the others make room", () => {
  const rows = rowsInMotion(["f", 5], ["a", 0], ["b", 1], ["c", 2], ["d", 3], ["e", 4])

  const { slides, arrived } = movements(rows, new Set(["f"]))

  assert.deepEqual(arrived, ["f"])
  assert.deepEqual(slides, ["a", "b", "c", "d", "e"].map((row) => [row, -HEIGHT]))
})

test("no row begins above a row that ranks before it, however many change places", () => {
  const names = "abcdefghij".split("")
  let seed = 7
  const random = (most) => (seed = (seed * 16807) % 2147483647) % most
  for (let round = 0; round < 500; round += 1) {
    const changed = names.filter(() => random(3) === 0)
    const others = names.filter((name) => !changed.includes(name))
    const order = [...others]
    for (const name of changed) order.splice(random(order.length + 1), 0, name)

    const tops = beginnings(rowsInMotion(...order.map((name) => [name, names.indexOf(name)])), changed)

    assert.deepEqual(tops, tops.toSorted((one, other) => one - other), order.join(""))
  }
})

test("a row that comes from the podium, or is new, does not slide", () => {
  const card = { row: "card", was: { top: 0, left: 0, width: 90 }, now: boxAt(3) }
  const newcomer = { row: "new", was: null, now: boxAt(4) }

  assert.deepEqual(movements([card, newcomer], new Set()), { slides: [], arrived: ["card", "new"] })
})

test("a score counts up between the score of the row below and its own", () => {
  assert.equal(between(100, 200, 90), 100)
  assert.equal(between(100, 200, 150), 150)
  assert.equal(between(100, 50, 40), 50, "a falling score would pass the row above")
  assert.equal(between(80, 60, 70), 70, "the lowest score leads")
  assert.equal(between(65, 60, 70), 65)
})

test("rows change places at most once a second, and keep up with scores that move none", () => {
  const [ab, ba] = [[{ id: "a" }, { id: "b" }], [{ id: "b" }, { id: "a" }]]
  const pace = new Pace()
  pace.drawn(ab, -Infinity)

  assert.equal(pace.wait(ba, 5000), 0)
  pace.drawn(ba, 5000)
  assert.equal(pace.wait(ba, 5100), 0)
  pace.drawn(ba, 5100)
  assert.equal(pace.wait(ab, 5100), 900)
  assert.equal(pace.wait(ab, 6000), 0)
})
