import assert from "node:assert/strict"
import { test } from "node:test"

import "./english.js"
import { badgeOf } from "../../frontend/static/js/board/badge.js"
import { found, onPodium, sameResult } from "../../frontend/static/js/board/compare.js"
import { Lazy } from "../../frontend/static/js/board/lazy.js"
import { ConnectionAnnouncer } from "../../frontend/static/js/board/connection-announcer.js"
import { isStreamed, pageAfter, pageCount, pageFor, rowRange, shiftAt } from "../../frontend/static/js/board/paging.js"
import { Announcer } from "../../frontend/static/js/board/announcer.js"
import { Favourites } from "../../frontend/static/js/board/favourites.js"
import { scored } from "../../frontend/static/js/formatting.js"

test("the first three rows of a list form a podium", () => {
  const top = { view: "top", page: 0 }

  assert.equal(onPodium(top, [1, 2, 3]), true)
  assert.equal(onPodium(top, [1, 2]), false)
  assert.equal(onPodium({ view: "top", page: 1 }, [1, 2, 3]), false)
  assert.equal(onPodium({ view: "search", page: 0 }, [1, 2, 3]), false)
})

test("a result is score and columns", () => {
  assert.equal(sameResult({ s: 1, c: [2] }, { s: 1, c: [2] }), true)
  assert.equal(sameResult({ s: 1, c: [2] }, { s: 1, c: [3] }), false)
  assert.equal(sameResult({ s: 1, c: [] }, { s: 1, c: [3] }), false)
})

test("players are found by parts of names and ids, whatever their case and accents", () => {
  const rows = [{ id: "p1", n: "Édouard" }, { id: "EDDIE", n: "x" }, { id: "p3", n: "محمد" }]
  const ids = (words) => found(rows, words).map(({ id }) => id)

  assert.deepEqual(ids(" ed"), ["p1", "EDDIE"])
  assert.deepEqual(ids("حمد"), ["p3"])
  assert.deepEqual(ids("nobody"), [])
})

test("pages cover all rows, and turning stops at the last one", () => {
  assert.deepEqual([0, 1, 100, 101].map((total) => pageCount(total, 100)), [1, 1, 1, 2])
  assert.deepEqual(["first", "previous", "next", "last"].map((where) => pageFor(1, where, 4)), [0, 0, 2, 3])
  assert.deepEqual([pageFor(0, "previous", 4), pageFor(3, "next", 4)], [0, 3])
  assert.deepEqual(rowRange(1, 100, 250), { first: 101, last: 200 })
  assert.deepEqual(rowRange(2, 100, 250), { first: 201, last: 250 })
  assert.deepEqual(rowRange(0, 100, 0), { first: 0, last: 0 })
})

test("a page is streamed if all its rows are", () => {
  assert.equal(isStreamed(0, 100, 100), true)
  assert.equal(isStreamed(1, 50, 100), true)
  assert.equal(isStreamed(1, 100, 150), false)
})

test("a big screen goes through its pages, and shifts by two pixels at most", () => {
  assert.deepEqual([pageAfter(0, 3), pageAfter(2, 3), pageAfter(7, 3), pageAfter(0, 1)], [1, 0, 0, 0])
  for (let step = 0; step < 100; step += 1) assert.ok(shiftAt(step).every((pixels) => Math.abs(pixels) <= 2))
})

test("seconds are read from a clock from a minute on", () => {
  const laps = { decimals: 3, unit: "s" }
  const text = (value) => scored(value, laps).join("")

  assert.deepEqual([58_305, 60_000, 83_456, 3_723_004, -83_456].map(text), ["58.305", "1:00.000", "1:23.456", "1:02:03.004", "-1:23.456"])
  assert.deepEqual(scored(83_456, { decimals: 3, unit: "kg" }), ["83.456"])
})

test("the newest message of each kind is announced, together, and not too often", () => {
  let now = 0
  const timers = []
  const spoken = []
  const platform = { now: () => now, later: (run, ms) => timers.push([run, ms]) }
  const announcer = new Announcer((text) => spoken.push(text), 10_000, platform)
  const tick = () => timers.shift()[0]()

  announcer.say("rank", "Your rank is 3.")
  tick()
  now = 1000
  announcer.say("rank", "Your rank is 2.")
  announcer.say("leader", "Ada takes the lead.")
  announcer.say("rank", "Your rank is 1.")

  assert.deepEqual(timers.map(([, ms]) => ms), [9000])
  tick()
  assert.deepEqual(spoken, ["Your rank is 3.", "Ada takes the lead. Your rank is 1."])
})

test("with announcements off nothing is announced", () => {
  const announcer = new Announcer(assert.fail, 0, { now: () => 0, later: assert.fail })

  announcer.say("rank", "Your rank is 3.")
})

test("a lost connection is announced after five seconds, and its return once it is live", () => {
  const announcer = new ConnectionAnnouncer()

  assert.equal(announcer.news("live", 0), "")
  assert.equal(announcer.news("reconnecting", 1000), "")
  assert.equal(announcer.news("offline", 5900), "")
  assert.match(announcer.news("offline", 6000), /lost/)
  assert.equal(announcer.news("offline", 60_000), "")
  assert.equal(announcer.news("connecting", 61_000), "")
  assert.match(announcer.news("live", 62_000), /back/)
  assert.equal(announcer.news("live", 63_000), "")
})

test("a short interruption is not announced", () => {
  const announcer = new ConnectionAnnouncer()

  assert.equal(announcer.news("reconnecting", 0), "")
  assert.equal(announcer.news("live", 4000), "")
  assert.equal(announcer.news("reconnecting", 6000), "")
})

test("rows that are polled are not called live, whatever carries the stream", () => {
  const status = { phase: "open", carrier: "sse", heardAt: 1000, heartbeatMs: 15_000, failures: 0, degraded: false, shared: false }
  const shown = (more) => badgeOf(status, { paused: false, now: 1400, everySeconds: 10, ...more })

  assert.deepEqual([shown().state, shown().text, shown().carrier], ["polling", "Every 10 s", "poll"])
  assert.equal(shown({ paused: true }).text, "Paused")
  assert.equal(shown({ now: 60_000 }).state, "stale")
})

test("the badge says paused only over a good connection, and how old the rows are", () => {
  const status = { phase: "open", heardAt: 1000, heartbeatMs: 10_000, failures: 0, degraded: false }

  const live = badgeOf(status, { paused: false, now: 1400 })
  assert.deepEqual([live.state, live.text], ["live", "Live"])
  assert.match(live.title, /0\.4 s/)
  assert.equal(badgeOf(status, { paused: true, now: 1400 }).state, "paused")
  assert.equal(badgeOf(status, { paused: true, now: 60_000 }).state, "stale")
  assert.match(badgeOf({ ...status, carrier: "poll" }, { paused: false, now: 1400 }).title, /by polling/)
})

test("rows that may be old show their time", () => {
  const status = { phase: "open", heardAt: 1000, heartbeatMs: 10_000, failures: 0, degraded: false }

  assert.equal(badgeOf(status, { paused: false, now: 1400 }).text, "Live")
  assert.match(badgeOf(status, { paused: false, now: 60_000 }).text, /^Stale · as of .*\d:\d\d:\d\d/)
  assert.equal(badgeOf({ ...status, heardAt: null, failures: 5 }, { paused: false, now: 1400 }).text, "Offline")
})

test("without storage favourites are kept until the page is left", () => {
  const kept = new Map()
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) }
  const broken = { getItem: () => null, setItem: () => { throw new Error("full") } }

  for (const favourites of [new Favourites(storage), new Favourites(broken), new Favourites(null)]) {
    favourites.toggle("ada")
    favourites.toggle("bob")
    favourites.toggle("ada")
    assert.deepEqual([...favourites.ids], ["bob"])
  }
  assert.deepEqual([...new Favourites(storage).ids], ["bob"])
})

test("stored favourites of another shape are ignored", () => {
  for (const text of ["{", '"ada"', '{"ada": 1}', "null"]) {
    assert.deepEqual([...new Favourites({ getItem: () => text }).ids], [])
  }
  assert.deepEqual([...new Favourites({ getItem: () => '["ada", 7, null]' }).ids], ["ada"])
})

test("a lazy value is loaded once, and again after a failure", async () => {
  let loads = 0
  const got = []
  const lazy = new Lazy(async () => {
    loads += 1
    if (loads === 1) throw new Error("offline")
    return "loaded"
  })
  const warn = console.warn
  console.warn = () => {}

  await lazy.with((value) => got.push(value))
  console.warn = warn
  await Promise.all([lazy.with((value) => got.push(value)), lazy.with((value) => got.push(value))])

  assert.deepEqual([loads, got], [2, ["loaded", "loaded"]])
  lazy.with((value) => got.push(value))
  assert.equal(got.length, 3, "at once if it is loaded")
})
