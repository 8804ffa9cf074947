import assert from "node:assert/strict"
import { test } from "node:test"

import { Feed, pauseMs } from "../../clients/javascript/stream/feed.js"

// A world without network whose time moves when it is told to.
class World {
  at = 0
  sources = []
  #timers = []

  open = (url) => {
    const source = new Source(url)
    this.sources.push(source)
    return source
  }
  now = () => this.at
  random = () => 0.5
  later = (run, ms) => {
    const timer = { run, at: this.at + ms }
    this.#timers.push(timer)
    return timer
  }
  cancel = (timer) => {
    this.#timers = this.#timers.filter((one) => one !== timer)
  }

  pass(ms) {
    const until = this.at + ms
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= until).sort((one, other) => one.at - other.at)[0]
      if (!due) break
      this.cancel(due)
      this.at = due.at
      due.run()
    }
    this.at = until
  }

  get last() {
    return this.sources.at(-1)
  }
}

class Source extends EventTarget {
  closed = false

  constructor(url) {
    super()
    this.url = url
  }

  close() {
    this.closed = true
  }

  send(frame) {
    this.dispatchEvent(Object.assign(new Event(frame.t), { data: JSON.stringify(frame) }))
  }

  fail() {
    this.dispatchEvent(new Event("error"))
  }
}

const HELLO = { t: "hello", v: 1, hb: 15, resume: "none" }

function opened(since = "") {
  const world = new World()
  const feed = new Feed("/v1/stream", { scope: "main:eu", since, world })
  const frames = []
  feed.addEventListener("frame", ({ detail }) => frames.push(detail))
  feed.start()
  return { world, feed, frames }
}

test("a stream is opened for its scope, from its cursor", () => {
  assert.equal(opened("7-3").world.last.url, "/v1/stream?boards=main%3Aeu&since=7-3")
  assert.equal(opened().world.last.url, "/v1/stream?boards=main%3Aeu")
})

test("after a failure it goes on from the last frame", () => {
  const { world, feed, frames } = opened()
  world.last.send(HELLO)
  world.last.send({ t: "hb", id: "7-9", b: [] })

  world.last.fail()
  assert.equal(feed.status.phase, "waiting")
  assert.equal(world.last.closed, true)
  world.pass(30_000)

  assert.match(world.last.url, /since=7-9$/)
  assert.deepEqual(frames.map((frame) => frame.t), ["hello", "hb"])
})

test("pauses grow up to half a minute, and are spread", () => {
  assert.equal(pauseMs(0, 1), 500)
  assert.equal(pauseMs(3, 1), 4000)
  assert.equal(pauseMs(60, 1), 30_000)
  assert.equal(pauseMs(3, 0.25), 1000)
})

test("failures add up until a stream has held for ten seconds", () => {
  const { world, feed } = opened()
  world.last.fail()
  world.pass(250)
  world.last.send(HELLO)
  world.pass(5000)
  world.last.fail()
  assert.equal(feed.status.failures, 2)

  world.pass(500)
  world.last.send(HELLO)
  world.pass(10_000)
  world.last.fail()
  assert.equal(feed.status.failures, 1)
})

test("a stream that falls silent is opened anew after two and a half heartbeats", () => {
  const { world } = opened()
  world.last.send(HELLO)

  world.pass(37_000)
  assert.equal(world.sources.length, 1)
  world.pass(1000)

  assert.equal(world.sources[0].closed, true)
  assert.equal(world.sources.length, 2)
})

test("a stream that never says hello is opened anew", () => {
  const { world } = opened()

  world.pass(10_500)

  assert.equal(world.sources.length, 2)
})

test("the server says when to come back, and that is no failure", () => {
  const { world, feed } = opened()
  world.last.send(HELLO)
  world.last.send({ t: "bye", code: 102, again: true, retry_ms: 1200, why: "max_age" })

  world.pass(1199)
  assert.equal(world.sources.length, 1)
  world.pass(1)

  assert.equal(world.sources.length, 2)
  assert.equal(feed.status.failures, 0)
})

test("the server says never to come back, and nobody does", () => {
  const { world, feed } = opened()
  world.last.send({ t: "bye", code: 404, again: false, retry_ms: 0, why: "gone" })

  world.pass(3_600_000)
  feed.start()
  feed.check()

  assert.equal(feed.status.phase, "ended")
  assert.equal(world.sources.length, 1)
})

test("who lost the board comes back without a cursor", () => {
  const { world, feed } = opened("7-3")
  world.last.send(HELLO)

  feed.resync()
  world.pass(30_000)

  assert.doesNotMatch(world.last.url, /since/)
})

test("what a closed stream still says is not heard", () => {
  const { world, feed, frames } = opened()
  const [old] = world.sources
  feed.resync()
  old.send({ t: "delta", id: "7-4" })

  assert.deepEqual(frames, [])
})

test("after a sleep nobody waits for the watchdog", () => {
  const { world, feed } = opened()
  world.last.send(HELLO)
  world.at += 3_600_000

  feed.check()

  assert.equal(feed.status.phase, "waiting")
})

test("a page that was put away opens its stream again", () => {
  const { world, feed } = opened()
  feed.stop()
  assert.equal(world.last.closed, true)
  world.pass(60_000)
  assert.equal(world.sources.length, 1)

  feed.start()

  assert.equal(world.sources.length, 2)
})
