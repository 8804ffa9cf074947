import assert from "node:assert/strict"
import { test } from "node:test"

import { Feed } from "../../clients/javascript/stream/feed.js"
import { HELLO, settled, World } from "./stream-world.js"

const MINUTE = 60_000
const TRIAL = 51_000 // from then on the best carrier is tried, for some seconds

async function following(options = {}, prepare = () => {}) {
  const world = new World()
  prepare(world)
  const feed = new Feed("", { scope: "main", world, ...options })
  const frames = []
  feed.addEventListener("frame", ({ detail }) => frames.push(detail.t))
  feed.start()
  await settled()
  return { world, feed, frames }
}

// Down to polling: everything before it is held back.
async function polling(options) {
  const { world, ...more } = await following(options)
  while (world.last.carrier !== "poll") await world.pass(1000)
  world.last.answer(5000, "7-1")
  return { world, ...more }
}

// Time in which a line goes on answering.
async function answering(world, line, ms) {
  for (const until = world.at + ms; world.at < until; ) {
    line.answer(5000, "7-1")
    await world.pass(1000)
  }
}

test("a carrier by which nothing comes makes way for the next one after six seconds", async () => {
  const { world, feed } = await following()

  await world.pass(5999)
  assert.deepEqual(world.tried, ["sse"])
  await world.pass(8000)
  assert.deepEqual(world.tried, ["sse", "ws", "long-poll"])
  assert.equal(world.opened[0].closed, true)

  world.last.answer(15_000, "7-1")
  assert.deepEqual([feed.status.phase, feed.status.carrier], ["open", "long-poll"])
})

test("a carrier that fails twice before anything came makes way", async () => {
  const { world } = await following()

  world.last.fail()
  await world.pass(1000)
  assert.deepEqual(world.tried, ["sse", "sse"])
  world.last.fail()
  await world.pass(1000)

  assert.deepEqual(world.tried, ["sse", "sse", "ws"])
})

test("a carrier that says hello and is cut off again and again makes way", async () => {
  const { world } = await following()

  for (let time = 0; time < 4; time += 1) {
    world.last.send(HELLO)
    world.last.fail()
    await world.pass(5000)
  }

  assert.equal(world.last.carrier, "ws")
})

test("a carrier that lets only the beginning through makes way", async () => {
  const { world } = await following()

  for (let time = 0; time < 2; time += 1) {
    world.last.send(HELLO)
    await world.pass(40_000)
  }

  assert.equal(world.last.carrier, "ws")
})

test("a carrier that held is not blamed for two outages", async () => {
  const { world } = await following()

  for (let time = 0; time < 5; time += 1) {
    world.last.send(HELLO)
    await world.pass(30_000)
    world.last.fail()
    await world.pass(1000)
  }

  assert.deepEqual(new Set(world.tried), new Set(["sse"]))
})

test("where everything is away it begins again with the first", async () => {
  const { world } = await following()

  while (world.at < 2 * MINUTE) {
    if (!world.last.closed) world.last.fail()
    await world.pass(100)
  }

  const tried = world.tried
  assert.deepEqual(tried.slice(0, 9), ["sse", "sse", "ws", "ws", "long-poll", "long-poll", "poll", "poll", "sse"])
})

test("a carrier that this browser lacks is left out at once", async () => {
  const { world } = await following({}, (world) => (world.missing = new Set(["sse", "ws"])))

  assert.deepEqual(world.tried, ["long-poll"])
})

test("where nothing is left that this browser has, it is over", async () => {
  const { feed } = await following({ carriers: ["ws"] }, (world) => (world.missing = new Set(["ws"])))

  assert.equal(feed.status.phase, "ended")
})

test("a trial that talks nonsense, or is sent away, costs nothing either", async () => {
  for (const end of [(trial) => trial.say("{"), (trial) => trial.send({ t: "bye", again: true, retry_ms: 9 })]) {
    const { world, feed } = await polling()
    const line = world.last
    await answering(world, line, TRIAL)
    const trial = world.last
    assert.equal(trial.closed, false)

    end(trial)

    assert.deepEqual([trial.closed, line.closed, feed.status.phase, feed.cursor], [true, false, "open", "7-1"])
  }
})

test("a carrier that can't be loaded is not blamed: the server is away", async () => {
  const away = async () => {
    throw new TypeError("Failed to fetch dynamically imported module")
  }
  const { world } = await following({}, (world) => (world.carriers.ws = away))
  world.last.fail()
  await world.pass(1000)
  world.last.fail()
  await world.pass(MINUTE)

  assert.deepEqual(world.tried.slice(0, 3), ["sse", "sse", "sse"])
})

test("while a lower carrier carries, the best one is tried beside it, and takes over once it says hello", async () => {
  const { world, feed, frames } = await polling()
  const before = world.last

  await answering(world, before, TRIAL)
  const trial = world.last
  assert.deepEqual([trial.carrier, before.closed], ["sse", false])
  assert.match(trial.query, /since=7-1/)
  trial.send(HELLO)

  assert.equal(before.closed, true)
  assert.deepEqual([feed.status.phase, feed.status.carrier], ["open", "sse"])
  assert.deepEqual(frames, ["hello"])
  trial.fail()
  await world.pass(1000)
  assert.equal(world.last.carrier, "sse")
})

test("a trial that gets nothing through costs nothing", async () => {
  const { world, feed } = await polling()
  const line = world.last

  await answering(world, line, 5 * MINUTE)

  const trials = world.opened.slice(world.opened.indexOf(line) + 1)
  assert.ok(trials.length >= 4 && trials.length <= 5, `${trials.length} trials in five minutes`)
  assert.ok(trials.every((trial) => trial.carrier === "sse" && trial.closed))
  assert.deepEqual([line.closed, feed.status.carrier, feed.status.phase], [false, "poll", "open"])
})

test("whatever carries, the best one is tried within a minute, and not more often than it takes", async () => {
  const { world } = await following()
  while (world.last.carrier !== "ws") await world.pass(1000)
  const line = world.last

  await answering(world, line, 15 * MINUTE)

  const trials = world.opened.length - world.opened.indexOf(line) - 1
  assert.ok(trials >= 15 && trials <= 18, `${trials} trials in a quarter of an hour`)
})

test("after an outage the best carrier is tried again soon", async () => {
  const { world } = await following()
  for (let time = 0; time < 2; time += 1) {
    world.last.fail()
    await world.pass(1000)
  }
  assert.equal(world.last.carrier, "ws")
  world.last.send(HELLO)

  await world.pass(15_000)

  assert.equal(world.last.carrier, "sse")
})

test("a page begins with the carrier that got through lately", async () => {
  const { world } = await following({ first: "long-poll" })

  assert.deepEqual(world.tried, ["long-poll"])
})

test("only carriers that are wanted are used", async () => {
  const { world } = await following({ carriers: ["poll"], first: "sse" })
  world.last.answer(5000, "7-1")
  await world.pass(12_000)
  await world.pass(10 * MINUTE)

  assert.deepEqual(new Set(world.tried), new Set(["poll"]))
})

test("stopping ends the trial too", async () => {
  const { world, feed } = await polling()
  await answering(world, world.last, TRIAL)
  assert.equal(world.last.carrier, "sse")

  feed.stop()
  await world.pass(10 * MINUTE)

  assert.ok(world.opened.every((line) => line.closed))
  assert.equal(feed.status.phase, "closed")
})
