import assert from "node:assert/strict"
import { test } from "node:test"

import { checksum, emptyBoard } from "../../clients/javascript/stream/board-state.js"
import { PolledList } from "../../frontend/static/js/board/polled-list.js"
import { Watch } from "../../frontend/static/js/board/watch.js"

class Stream extends EventTarget {
  status = { phase: "open" }
  resynced = 0

  start() {}
  stop() {}
  check() {}

  resync() {
    this.resynced += 1
  }

  send(frame) {
    this.dispatchEvent(Object.assign(new Event("frame"), { detail: frame }))
  }

  sendTop(s, ...top) {
    this.send({ t: "snapshot", b: "main", s, rank: "competition", period: "all", columns: [], tot: top.length, crc: checksum(top), top })
  }
}

const line = (id, s) => ({ id, n: id, s })

function openWatch(choice) {
  const feed = new Stream()
  const watch = new Watch({ feed, board: emptyBoard("main"), choice })
  const heard = []
  feed.sendTop(0)
  for (const type of ["rows", "chosen", "waiting"]) watch.addEventListener(type, () => heard.push(type))
  return { feed, watch, heard }
}

function rowsOf(watch) {
  return watch.shown.rows.map(({ id }) => id)
}

test("rows have ranks, and rows that share one are tied", () => {
  const { feed, watch, heard } = openWatch()

  feed.sendTop(1, line("ada", 9), line("bob", 9), line("eve", 4))

  assert.deepEqual(watch.shown.rows.map(({ rank, tied }) => [rank, tied]), [[1, true], [1, true], [3, false]])
  assert.deepEqual(heard, ["rows"])
})

test("a page shows its part of the rows", () => {
  const { feed, watch } = openWatch({ limit: 2 })
  feed.sendTop(1, line("a", 5), line("b", 4), line("c", 3))

  watch.choose({ page: 1, list: null })

  assert.deepEqual(rowsOf(watch), ["c"])
  assert.equal(watch.shown.total, 3)
})

test("the first rows are no change", () => {
  const feed = new Stream()
  const watch = new Watch({ feed, board: emptyBoard("main") })
  const heard = []
  for (const type of ["rows", "chosen"]) watch.addEventListener(type, () => heard.push(type))

  feed.sendTop(1, line("ada", 9))
  feed.sendTop(2, line("ada", 10))

  assert.deepEqual(heard, ["chosen", "rows"])
})

test("a board with a gap is requested again and not shown", () => {
  const { feed, watch, heard } = openWatch()
  feed.sendTop(1, line("ada", 9))

  feed.send({ t: "delta", b: "main", p: 7, s: 8, rm: [], up: [], crc: "00000000" })

  assert.equal(feed.resynced, 1)
  assert.deepEqual(rowsOf(watch), ["ada"])
  assert.deepEqual(heard, ["rows"])
})

test("during a hold updates are counted, and shown when the last hold ends", () => {
  const { feed, watch, heard } = openWatch()
  watch.hold.hold("pointer")
  watch.hold.hold("pause")

  feed.sendTop(1, line("ada", 9))
  feed.sendTop(2, line("ada", 10))
  watch.release("pointer")

  assert.equal(watch.hold.waiting, 2)
  assert.deepEqual(heard, ["waiting", "waiting", "waiting"])

  watch.release("pause")

  assert.equal(watch.hold.waiting, 0)
  assert.deepEqual(heard.slice(3), ["rows"])
})

test("waiting updates can be shown without ending the hold", () => {
  const { feed, watch, heard } = openWatch()
  watch.hold.hold("pause")
  feed.sendTop(1, line("ada", 9))

  watch.catchUp()
  watch.catchUp()

  assert.deepEqual(heard, ["waiting", "rows"])
  assert.equal(watch.hold.paused, true)
})

test("a requested list is shown when its answer comes, also while paused", async () => {
  const { watch, heard } = openWatch()
  watch.hold.hold("pause")
  const list = new PolledList(async () => ({ rows: [{ id: "bob", rank: 7 }], total: 70 }), still)

  watch.choose({ view: "around", list })
  assert.deepEqual(heard, [])
  await settle()

  assert.deepEqual(heard, ["chosen"])
  assert.deepEqual([rowsOf(watch), watch.shown.total], [["bob"], 70])
})

test("an answer that comes after another choice is dropped", async () => {
  const { feed, watch, heard } = openWatch()
  feed.sendTop(1, line("ada", 9))
  watch.choose({ view: "around", list: new PolledList(async () => ({ rows: [], total: 0 }), still) })

  watch.choose({ view: "top", list: null })
  await settle()

  assert.deepEqual(heard, ["rows", "chosen"])
  assert.deepEqual(rowsOf(watch), ["ada"])
})

test("a list is polled, and reports only changes", async () => {
  const answers = [1, 1, 2]
  const again = []
  const platform = { later: (run) => again.push(run), cancel() {} }
  const list = new PolledList(async () => ({ rows: [{ id: "ada", rank: answers.shift() }], total: 9 }), platform)
  let news = 0
  list.addEventListener("news", () => (news += 1))

  await list.start()
  await again.pop()()
  assert.equal(news, 1)
  await again.pop()()
  assert.equal(news, 2)

  list.stop()
  await list.check()
  assert.equal(answers.length, 0)
})

test("a list that can't be read is an error, and is requested again", async () => {
  const again = []
  const list = new PolledList(async () => Promise.reject(new Error("away")), { later: (run) => again.push(run), cancel() {} })
  const heard = []
  list.addEventListener("problem", ({ detail }) => heard.push(detail.message))

  await list.start()

  assert.deepEqual(heard, ["away"])
  assert.equal(again.length, 1)
})

test("the own row is found in streamed rows and in requested ones", async () => {
  const { feed, watch } = openWatch()
  feed.sendTop(1, line("ada", 9))
  const far = { id: "me", rank: 240 }

  watch.follow(new PolledList(async () => ({ rows: [far], total: 1 }), still))
  await settle()

  assert.equal(watch.row("ada").rank, 1)
  assert.equal(watch.row("me"), far)
  assert.equal(watch.row("nobody"), null)
})

const still = { later() {}, cancel() {} }

function settle() {
  return new Promise((resolve) => setImmediate(resolve))
}
