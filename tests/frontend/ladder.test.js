import assert from "node:assert/strict"
import { test } from "node:test"

import { Feed } from "../../clients/javascript/stream/feed.js"
import { HELLO, settle, FakePlatform } from "./fake-platform.js"

const MINUTE = 60_000
const TRIAL = 51_000 // from then on the best carrier is tried, for some seconds

async function openFeed(options = {}, prepare = () => {}) {
  const platform = new FakePlatform()
  prepare(platform)
  const feed = new Feed("", { scope: "main", platform, ...options })
  const frames = []
  feed.addEventListener("frame", ({ detail }) => frames.push(detail.t))
  feed.start()
  await settle()
  return { platform, feed, frames }
}

// A feed that polls, since all other carriers are silent.
async function openPolling(options) {
  const { platform, ...more } = await openFeed(options)
  while (platform.last.carrier !== "poll") await platform.pass(1000)
  platform.last.answer(5000, "7-1")
  return { platform, ...more }
}

// Let time pass in which a connection keeps answering.
async function keepAnswering(platform, connection, ms) {
  for (const until = platform.at + ms; platform.at < until; ) {
    connection.answer(5000, "7-1")
    await platform.pass(1000)
  }
}

test("a silent carrier is replaced by the next one after six seconds", async () => {
  const { platform, feed } = await openFeed()

  await platform.pass(5999)
  assert.deepEqual(platform.tried, ["sse"])
  await platform.pass(8000)
  assert.deepEqual(platform.tried, ["sse", "ws", "long-poll"])
  assert.equal(platform.opened[0].closed, true)

  platform.last.answer(15_000, "7-1")
  assert.deepEqual([feed.status.phase, feed.status.carrier], ["open", "long-poll"])
})

test("a carrier that fails twice without a frame is replaced", async () => {
  const { platform } = await openFeed()

  platform.last.fail()
  await platform.pass(1000)
  assert.deepEqual(platform.tried, ["sse", "sse"])
  platform.last.fail()
  await platform.pass(1000)

  assert.deepEqual(platform.tried, ["sse", "sse", "ws"])
})

test("a carrier whose streams break early is replaced", async () => {
  const { platform } = await openFeed()

  for (let time = 0; time < 4; time += 1) {
    platform.last.send(HELLO)
    platform.last.fail()
    await platform.pass(5000)
  }

  assert.equal(platform.last.carrier, "ws")
})

test("a carrier that lets only the beginning through is replaced", async () => {
  const { platform } = await openFeed()

  for (let time = 0; time < 2; time += 1) {
    platform.last.send(HELLO)
    await platform.pass(40_000)
  }

  assert.equal(platform.last.carrier, "ws")
})

test("a carrier with long streams is kept after outages", async () => {
  const { platform } = await openFeed()

  for (let time = 0; time < 5; time += 1) {
    platform.last.send(HELLO)
    await platform.pass(30_000)
    platform.last.fail()
    await platform.pass(1000)
  }

  assert.deepEqual(new Set(platform.tried), new Set(["sse"]))
})

test("if all carriers fail it begins again with the first", async () => {
  const { platform } = await openFeed()

  while (platform.at < 2 * MINUTE) {
    if (!platform.last.closed) platform.last.fail()
    await platform.pass(100)
  }

  const tried = platform.tried
  assert.deepEqual(tried.slice(0, 9), ["sse", "sse", "ws", "ws", "long-poll", "long-poll", "poll", "poll", "sse"])
})

test("a carrier that this browser lacks is left out at once", async () => {
  const { platform } = await openFeed({}, (platform) => (platform.missing = new Set(["sse", "ws"])))

  assert.deepEqual(platform.tried, ["long-poll"])
})

test("if this browser has no carrier left, the feed has ended", async () => {
  const { feed } = await openFeed({ carriers: ["ws"] }, (platform) => (platform.missing = new Set(["ws"])))

  assert.equal(feed.status.phase, "ended")
})

test("a trial with an unreadable frame or a bye leaves the connection open", async () => {
  for (const end of [(trial) => trial.say("{"), (trial) => trial.send({ t: "bye", again: true, retry_ms: 9 })]) {
    const { platform, feed } = await openPolling()
    const connection = platform.last
    await keepAnswering(platform, connection, TRIAL)
    const trial = platform.last
    assert.equal(trial.closed, false)

    end(trial)

    assert.deepEqual([trial.closed, connection.closed, feed.status.phase, feed.cursor], [true, false, "open", "7-1"])
  }
})

test("a carrier whose module can't be loaded is not replaced: the server is away", async () => {
  const away = async () => {
    throw new TypeError("Failed to fetch dynamically imported module")
  }
  const { platform } = await openFeed({}, (platform) => (platform.carriers.ws = away))
  platform.last.fail()
  await platform.pass(1000)
  platform.last.fail()
  await platform.pass(MINUTE)

  assert.deepEqual(platform.tried.slice(0, 3), ["sse", "sse", "sse"])
})

test("while a lower carrier is in use, the best one is tried beside it, and takes over after its hello", async () => {
  const { platform, feed, frames } = await openPolling()
  const before = platform.last

  await keepAnswering(platform, before, TRIAL)
  const trial = platform.last
  assert.deepEqual([trial.carrier, before.closed], ["sse", false])
  assert.match(trial.query, /since=7-1/)
  trial.send(HELLO)

  assert.equal(before.closed, true)
  assert.deepEqual([feed.status.phase, feed.status.carrier], ["open", "sse"])
  assert.deepEqual(frames, ["hello"])
  trial.fail()
  await platform.pass(1000)
  assert.equal(platform.last.carrier, "sse")
})

test("a silent trial leaves the connection open", async () => {
  const { platform, feed } = await openPolling()
  const connection = platform.last

  await keepAnswering(platform, connection, 5 * MINUTE)

  const trials = platform.opened.slice(platform.opened.indexOf(connection) + 1)
  assert.ok(trials.length >= 4 && trials.length <= 5, `${trials.length} trials in five minutes`)
  assert.ok(trials.every((trial) => trial.carrier === "sse" && trial.closed))
  assert.deepEqual([connection.closed, feed.status.carrier, feed.status.phase], [false, "poll", "open"])
})

test("whatever is in use, the best carrier is tried every fifty seconds", async () => {
  const { platform } = await openFeed()
  while (platform.last.carrier !== "ws") await platform.pass(1000)
  const connection = platform.last

  await keepAnswering(platform, connection, 15 * MINUTE)

  const trials = platform.opened.length - platform.opened.indexOf(connection) - 1
  assert.ok(trials >= 15 && trials <= 18, `${trials} trials in a quarter of an hour`)
})

test("after an outage the best carrier is tried again soon", async () => {
  const { platform } = await openFeed()
  for (let time = 0; time < 2; time += 1) {
    platform.last.fail()
    await platform.pass(1000)
  }
  assert.equal(platform.last.carrier, "ws")
  platform.last.send(HELLO)

  await platform.pass(15_000)

  assert.equal(platform.last.carrier, "sse")
})

test("a page begins with the carrier that worked last", async () => {
  const { platform } = await openFeed({ first: "long-poll" })

  assert.deepEqual(platform.tried, ["long-poll"])
})

test("only allowed carriers are used", async () => {
  const { platform } = await openFeed({ carriers: ["poll"], first: "sse" })
  platform.last.answer(5000, "7-1")
  await platform.pass(12_000)
  await platform.pass(10 * MINUTE)

  assert.deepEqual(new Set(platform.tried), new Set(["poll"]))
})

test("stopping ends the trial too", async () => {
  const { platform, feed } = await openPolling()
  await keepAnswering(platform, platform.last, TRIAL)
  assert.equal(platform.last.carrier, "sse")

  feed.stop()
  await platform.pass(10 * MINUTE)

  assert.ok(platform.opened.every((connection) => connection.closed))
  assert.equal(feed.status.phase, "closed")
})
