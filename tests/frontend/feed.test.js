import assert from "node:assert/strict"
import { test } from "node:test"

import { pauseMs } from "../../clients/javascript/pause.js"
import { Feed } from "../../clients/javascript/stream/feed.js"
import { HELLO, settle, FakePlatform } from "./fake-platform.js"

async function openFeed(options = {}) {
  const platform = new FakePlatform()
  const feed = new Feed("https://host", { scope: "main:eu", platform, ...options })
  const frames = []
  feed.addEventListener("frame", ({ detail }) => frames.push(detail))
  feed.start()
  await settle()
  return { platform, feed, frames }
}

test("a stream is opened for its scope, from its cursor", async () => {
  const { platform } = await openFeed({ since: "7-3" })

  assert.deepEqual([platform.last.base, platform.last.query], ["https://host", "boards=main%3Aeu&since=7-3"])
  assert.equal((await openFeed()).platform.last.query, "boards=main%3Aeu")
})

test("after a failure it continues from the last frame", async () => {
  const { platform, feed, frames } = await openFeed()
  platform.last.send(HELLO)
  platform.last.send({ t: "hb", id: "7-9", b: [] })

  platform.last.fail()
  assert.equal(feed.status.phase, "waiting")
  assert.equal(platform.last.closed, true)
  await platform.pass(30_000)

  assert.match(platform.last.query, /since=7-9$/)
  assert.deepEqual(frames.map((frame) => frame.t), ["hello", "hb"])
})

test("pauses grow up to half a minute, and are random", () => {
  assert.equal(pauseMs(0, 1), 500)
  assert.equal(pauseMs(3, 1), 4000)
  assert.equal(pauseMs(60, 1), 30_000)
  assert.equal(pauseMs(3, 0.25), 1000)
})

test("during the first minute of an outage pauses are short", async () => {
  const { platform, feed } = await openFeed()
  platform.last.send(HELLO)
  await platform.pass(20_000)
  const tries = []
  while (platform.at < 200_000) {
    if (!platform.last.closed) {
      tries.push(platform.at)
      platform.last.fail()
    }
    await platform.pass(100)
  }

  const early = tries.filter((at) => at < 60_000)
  assert.ok(early.length > 12, `${early.length} tries in the first minute`)
  assert.ok(tries.length - early.length < 14, "later tries are rare")
  assert.equal(feed.status.failures, tries.length)
})

test("failures add up until a stream has held for ten seconds", async () => {
  const { platform, feed } = await openFeed()
  platform.last.fail()
  await platform.pass(250)
  platform.last.send(HELLO)
  await platform.pass(5000)
  platform.last.fail()
  assert.equal(feed.status.failures, 2)

  await platform.pass(500)
  platform.last.send(HELLO)
  await platform.pass(10_000)
  platform.last.fail()
  assert.equal(feed.status.failures, 1)
})

test("a silent stream is opened again after two and a half heartbeats", async () => {
  const { platform } = await openFeed()
  platform.last.send(HELLO)

  await platform.pass(37_000)
  assert.equal(platform.opened.length, 1)
  await platform.pass(1000)

  assert.equal(platform.opened[0].closed, true)
  assert.equal(platform.opened.length, 2)
})

test("a reconnect at the server's request is no failure", async () => {
  const { platform, feed } = await openFeed()
  platform.last.send(HELLO)
  platform.last.send({ t: "bye", code: 102, again: true, retry_ms: 1200, why: "max_age" })

  await platform.pass(1199)
  assert.equal(platform.opened.length, 1)
  await platform.pass(1)

  assert.deepEqual(platform.tried, ["sse", "sse"])
  assert.equal(feed.status.failures, 0)
})

test("after a final bye the feed does not reconnect", async () => {
  const { platform, feed } = await openFeed()
  platform.last.send({ t: "bye", code: 404, again: false, retry_ms: 0, why: "gone" })

  await platform.pass(3_600_000)
  feed.start()
  feed.check()

  assert.equal(feed.status.phase, "ended")
  assert.equal(platform.opened.length, 1)
})

test("after losing the board the stream is opened without a cursor", async () => {
  const { platform, feed } = await openFeed({ since: "7-3" })
  platform.last.send(HELLO)

  feed.resync()
  await platform.pass(30_000)

  assert.doesNotMatch(platform.last.query, /since/)
})

test("a frame that can't be read counts as lost", async () => {
  const { platform, frames } = await openFeed({ since: "7-3" })
  platform.last.send(HELLO)

  platform.last.say('{"t":"delta",')
  await platform.pass(500)

  assert.doesNotMatch(platform.last.query, /since/)
  assert.deepEqual(frames.map((frame) => frame.t), ["hello"])
})

test("frames of a closed stream are ignored", async () => {
  const { platform, feed, frames } = await openFeed()
  const [old] = platform.opened
  feed.resync()
  old.send({ t: "delta", id: "7-4" })

  assert.deepEqual(frames, [])
})

test("after a sleep a check finds the dead connection at once", async () => {
  const { platform, feed } = await openFeed()
  platform.last.send(HELLO)
  platform.at += 3_600_000

  feed.check()

  assert.equal(feed.status.phase, "waiting")
})

test("a stopped feed can be started again", async () => {
  const { platform, feed } = await openFeed()
  feed.stop()
  assert.equal(platform.last.closed, true)
  await platform.pass(60_000)
  assert.equal(platform.opened.length, 1)

  feed.start()
  await settle()

  assert.equal(platform.opened.length, 2)
})

test("each opening has a ticket of its own, also the one after its end", async () => {
  let number = 0
  const { platform } = await openFeed({ ticket: async () => `t${(number += 1)}` })
  assert.match(platform.last.query, /ticket=t1$/)
  platform.last.send(HELLO)

  platform.last.send({ t: "bye", code: 301, again: true, retry_ms: 300, why: "auth_expired" })
  await platform.pass(300)

  assert.match(platform.last.query, /ticket=t2$/)
})

test("without a ticket it tries again, with the same carrier", async () => {
  const { platform, feed } = await openFeed({ ticket: () => Promise.reject(new Error("away")) })
  await platform.pass(120_000)

  assert.deepEqual(platform.tried, [])
  assert.equal(feed.status.phase, "waiting")
  assert.ok(feed.status.failures > 5)
})

test("the status is degraded until the server sees changes again", async () => {
  const { platform, feed } = await openFeed()
  platform.last.send(HELLO)
  platform.last.send({ t: "hb", id: "7-1", b: [], degraded: true })
  platform.last.send({ t: "notice", b: "main", viewers: 3 })
  assert.equal(feed.status.degraded, true)

  platform.last.send({ t: "hb", id: "7-1", b: [] })
  assert.equal(feed.status.degraded, false)
})
