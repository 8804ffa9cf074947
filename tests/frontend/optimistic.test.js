import assert from "node:assert/strict"
import { test } from "node:test"

import { Optimistic } from "../../clients/javascript/actions/optimistic.js"

// A queue with prepared actions.
class Queue extends EventTarget {
  items = []

  set(...items) {
    this.items = items
    this.dispatchEvent(new Event("change"))
  }
}

function setUp(options = {}) {
  const queue = new Queue()
  return { queue, mine: new Optimistic({ queue, board: "main", ...options }) }
}

function me(score, ver, rank = 1) {
  return { t: "me", b: "main", rank, score, tot: 9, ver }
}

function action(id, state, points, more = {}) {
  return { id, type: "jump", points, state, ...more }
}

function confirmed(id, points, score, version) {
  const standings = [
    { board: "main", region: "eu", score: 1, rank: 1, version: 99 },
    { board: "main", region: null, score, rank: 4, version },
  ]
  return action(id, "confirmed", points, { receipt: { standings } })
}

test("points are shown as soon as they are won", () => {
  const { queue, mine } = setUp()
  mine.see(me(40, 7))

  queue.set(action("a", "waiting", 5), action("b", "waiting", 2))

  assert.deepEqual(mine.state, { score: 40, rank: 1, pending: [5, 2], shown: 47 })
})

test("without a score the first points are the score", () => {
  const { queue, mine } = setUp()

  queue.set(action("a", "waiting", 5))

  assert.deepEqual(mine.state, { score: null, rank: null, pending: [5], shown: 5 })
})

test("confirmed points are counted once, whichever comes first, the receipt or the frame", () => {
  for (const frameFirst of [true, false]) {
    const { queue, mine } = setUp()
    const seen = []
    mine.see(me(40, 7))
    mine.addEventListener("change", () => seen.push(mine.state.shown))
    queue.set(action("a", "sent", 5))

    if (frameFirst) mine.see(me(45, 8))
    queue.set(confirmed("a", 5, 45, 8))
    if (!frameFirst) mine.see(me(45, 8))

    assert.deepEqual(new Set(seen), new Set([45]), `frame first: ${frameFirst}`)
    assert.deepEqual(mine.state.pending, [])
  }
})

test("points whose answer was lost are not counted twice", () => {
  const { queue, mine } = setUp()
  mine.see(me(40, 7))
  queue.set(action("a", "sent", 5))
  queue.set(action("a", "waiting", 5, { doubtful: true }))

  mine.see(me(45, 8))
  assert.equal(mine.state.shown, 45)
  queue.set(action("a", "sent", 5))
  assert.equal(mine.state.shown, 45)
  queue.set(confirmed("a", 5, 45, 8))

  assert.deepEqual(mine.state, { score: 45, rank: 1, pending: [], shown: 45 })
})

test("points that others counted in the meantime are not lost", () => {
  const { queue, mine } = setUp()
  mine.see(me(40, 7))
  queue.set(action("a", "sent", 5))
  mine.see(me(145, 9))

  queue.set(confirmed("a", 5, 45, 8))

  assert.equal(mine.state.shown, 145)
})

test("a frame that is older than the receipt changes nothing", () => {
  const { queue, mine } = setUp()
  mine.see(me(40, 7))
  queue.set(confirmed("a", 5, 45, 8))

  mine.see(me(40, 7))

  assert.equal(mine.state.shown, 45)
})

for (const state of ["refused", "expired"]) {
  test(`${state} points are taken back, once, with the reason`, () => {
    const { queue, mine } = setUp()
    const rollbacks = []
    mine.addEventListener("rollback", ({ detail }) => rollbacks.push([detail.id, detail.refusal.code]))
    mine.see(me(40, 7))
    queue.set(action("a", "waiting", 5), action("b", "waiting", 2))

    const over = action("a", state, 5, { refusal: { code: "because" } })
    queue.set(over, action("b", "waiting", 2))
    queue.set(over, action("b", "sent", 2))

    assert.equal(mine.state.shown, 42)
    assert.deepEqual(rollbacks, [["a", "because"]])
  })
}

test("actions settled before the page was opened change nothing", () => {
  const queue = new Queue()
  queue.set(action("a", "refused", 5), confirmed("b", 2, 42, 8))
  const mine = new Optimistic({ queue, board: "main" })

  assert.deepEqual(mine.state, { score: 42, rank: 4, pending: [], shown: 42 })
})

test("other boards and other actions are not ours", () => {
  const { queue, mine } = setUp({ types: ["jump"] })
  mine.see({ ...me(40, 7), b: "other" })

  queue.set({ ...action("a", "waiting", 5), type: "swim" })

  assert.equal(mine.state.shown, null)
})

test("points change a score as the board's operator does", () => {
  const shown = (options) => {
    const { queue, mine } = setUp(options)
    mine.see(me(40, 7))
    queue.set(action("a", "waiting", 30), action("b", "waiting", 50))
    return mine.state.shown
  }

  assert.equal(shown({ operator: "decrement" }), -40)
  assert.equal(shown({ operator: "set" }), 50)
  assert.equal(shown({ operator: "best" }), 50)
  assert.equal(shown({ operator: "best", order: "asc" }), 30)
})
