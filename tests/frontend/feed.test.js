import assert from "node:assert/strict"
import { test } from "node:test"

import { pauseMs } from "../../clients/javascript/pause.js"
import { Feed } from "../../clients/javascript/stream/feed.js"
import { HELLO, settled, World } from "./stream-world.js"

async function opened(options = {}) {
  const world = new World()
  const feed = new Feed("https://host", { scope: "main:eu", world, ...options })
  const frames = []
  feed.addEventListener("frame", ({ detail }) => frames.push(detail))
  feed.start()
  await settled()
  return { world, feed, frames }
}

test("a stream is opened for its scope, from its cursor", async () => {
  const { world } = await opened({ since: "7-3" })

  assert.deepEqual([world.last.base, world.last.query], ["https://host", "boards=main%3Aeu&since=7-3"])
  assert.equal((await opened()).world.last.query, "boards=main%3Aeu")
})

test("after a failure it goes on from the last frame", async () => {
  const { world, feed, frames } = await opened()
  world.last.send(HELLO)
  world.last.send({ t: "hb", id: "7-9", b: [] })

  world.last.fail()
  assert.equal(feed.status.phase, "waiting")
  assert.equal(world.last.closed, true)
  await world.pass(30_000)

  assert.match(world.last.query, /since=7-9$/)
  assert.deepEqual(frames.map((frame) => frame.t), ["hello", "hb"])
})

test("pauses grow up to half a minute, and are spread", () => {
  assert.equal(pauseMs(0, 1), 500)
  assert.equal(pauseMs(3, 1), 4000)
  assert.equal(pauseMs(60, 1), 30_000)
  assert.equal(pauseMs(3, 0.25), 1000)
})

test("during the first minute of an outage nobody waits for long", async () => {
  const { world, feed } = await opened()
  world.last.send(HELLO)
  await world.pass(20_000)
  const tries = []
  while (world.at < 200_000) {
    if (!world.last.closed) {
      tries.push(world.at)
      world.last.fail()
    }
    await world.pass(100)
  }

  const early = tries.filter((at) => at < 60_000)
  assert.ok(early.length > 12, `${early.length} tries in the first minute`)
  assert.ok(tries.length - early.length < 14, "after that it is left in peace")
  assert.equal(feed.status.failures, tries.length)
})

test("failures add up until a stream has held for ten seconds", async () => {
  const { world, feed } = await opened()
  world.last.fail()
  await world.pass(250)
  world.last.send(HELLO)
  await world.pass(5000)
  world.last.fail()
  assert.equal(feed.status.failures, 2)

  await world.pass(500)
  world.last.send(HELLO)
  await world.pass(10_000)
  world.last.fail()
  assert.equal(feed.status.failures, 1)
})

test("a silent stream is opened again after two and a half heartbeats", async () => {
  const { world } = await opened()
  world.last.send(HELLO)

  await world.pass(37_000)
  assert.equal(world.opened.length, 1)
  await world.pass(1000)

  assert.equal(world.opened[0].closed, true)
  assert.equal(world.opened.length, 2)
})

test("the server says when to come back, and that is no failure", async () => {
  const { world, feed } = await opened()
  world.last.send(HELLO)
  world.last.send({ t: "bye", code: 102, again: true, retry_ms: 1200, why: "max_age" })

  await world.pass(1199)
  assert.equal(world.opened.length, 1)
  await world.pass(1)

  assert.deepEqual(world.tried, ["sse", "sse"])
  assert.equal(feed.status.failures, 0)
})

test("the server says never to come back, and nobody does", async () => {
  const { world, feed } = await opened()
  world.last.send({ t: "bye", code: 404, again: false, retry_ms: 0, why: "gone" })

  await world.pass(3_600_000)
  feed.start()
  feed.check()

  assert.equal(feed.status.phase, "ended")
  assert.equal(world.opened.length, 1)
})

test("after losing the board the stream is opened without a cursor", async () => {
  const { world, feed } = await opened({ since: "7-3" })
  world.last.send(HELLO)

  feed.resync()
  await world.pass(30_000)

  assert.doesNotMatch(world.last.query, /since/)
})

test("a frame that can't be read is as good as a lost one", async () => {
  const { world, frames } = await opened({ since: "7-3" })
  world.last.send(HELLO)

  world.last.say('{"t":"delta",')
  await world.pass(500)

  assert.doesNotMatch(world.last.query, /since/)
  assert.deepEqual(frames.map((frame) => frame.t), ["hello"])
})

test("frames of a closed stream are ignored", async () => {
  const { world, feed, frames } = await opened()
  const [old] = world.opened
  feed.resync()
  old.send({ t: "delta", id: "7-4" })

  assert.deepEqual(frames, [])
})

test("after a sleep nobody waits for the watchdog", async () => {
  const { world, feed } = await opened()
  world.last.send(HELLO)
  world.at += 3_600_000

  feed.check()

  assert.equal(feed.status.phase, "waiting")
})

test("a page that was put away opens its stream again", async () => {
  const { world, feed } = await opened()
  feed.stop()
  assert.equal(world.last.closed, true)
  await world.pass(60_000)
  assert.equal(world.opened.length, 1)

  feed.start()
  await settled()

  assert.equal(world.opened.length, 2)
})

test("each opening has a ticket of its own, also the one after its end", async () => {
  let number = 0
  const { world } = await opened({ ticket: async () => `t${(number += 1)}` })
  assert.match(world.last.query, /ticket=t1$/)
  world.last.send(HELLO)

  world.last.send({ t: "bye", code: 301, again: true, retry_ms: 300, why: "auth_expired" })
  await world.pass(300)

  assert.match(world.last.query, /ticket=t2$/)
})

test("where no ticket is to be had it is tried again, and no carrier is blamed", async () => {
  const { world, feed } = await opened({ ticket: () => Promise.reject(new Error("away")) })
  await world.pass(120_000)

  assert.deepEqual(world.tried, [])
  assert.equal(feed.status.phase, "waiting")
  assert.ok(feed.status.failures > 5)
})

test("a server that can't see changes is said to be behind, until it sees them", async () => {
  const { world, feed } = await opened()
  world.last.send(HELLO)
  world.last.send({ t: "hb", id: "7-1", b: [], degraded: true })
  world.last.send({ t: "notice", b: "main", viewers: 3 })
  assert.equal(feed.status.degraded, true)

  world.last.send({ t: "hb", id: "7-1", b: [] })
  assert.equal(feed.status.degraded, false)
})
