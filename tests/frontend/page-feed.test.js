import assert from "node:assert/strict"
import { test } from "node:test"

import { PageFeed } from "../../clients/javascript/stream/page-feed.js"
import { settle, FakePlatform } from "./fake-platform.js"

// A feed that records the calls of its methods.
class RecordedFeed extends EventTarget {
  calls = []
  cursor = "7-9"

  constructor(status, options) {
    super()
    this.status = { phase: "open", carrier: "sse", ...status }
    this.options = options
  }

  start = () => this.calls.push("start")
  stop = () => this.calls.push("stop")
  check = () => this.calls.push("check")
  resync = () => this.calls.push("resync")
}

async function openFeed({ shared = true, hidden = false, options = {} } = {}) {
  const time = new FakePlatform()
  const platform = {
    page: Object.assign(new EventTarget(), { hidden }),
    view: new EventTarget(),
    inner: [],
    sharedPort: (failed) => ((platform.fail = failed), shared ? {} : null),
    shared: (port, base, options) => platform.makeFeed({ shared: true }, options),
    own: async (base, options) => platform.makeFeed({ shared: false }, options),
    makeFeed: (status, options) => platform.inner[platform.inner.push(new RecordedFeed(status, options)) - 1],
    later: time.later,
    cancel: time.cancel,
    setHidden: (hidden) => {
      platform.page.hidden = hidden
      platform.page.dispatchEvent(new Event("visibilitychange"))
    },
  }
  const feed = new PageFeed("", { scope: "main", since: "7-1", ...options, platform })
  feed.start()
  await settle()
  return { feed, platform, time, inner: platform.inner[0] }
}

test("a tab shares a connection if the browser can, and otherwise has its own", async () => {
  assert.equal((await openFeed()).feed.status.shared, true)
  assert.equal((await openFeed({ shared: false })).feed.status.shared, false)
})

test("a page that was opened in a hidden tab closes its stream too", async () => {
  const { time, inner } = await openFeed({ hidden: true })
  assert.deepEqual(inner.calls, ["start"])

  await time.pass(60_000)

  assert.deepEqual(inner.calls, ["start", "stop"])
})

test("frames and statuses are passed on", async () => {
  const { feed, inner } = await openFeed()
  const got = []
  feed.addEventListener("frame", ({ detail }) => got.push(detail.t))
  feed.addEventListener("status", () => got.push(feed.status.phase))

  inner.dispatchEvent(new CustomEvent("frame", { detail: { t: "hb" } }))
  inner.dispatchEvent(new Event("status"))

  assert.deepEqual(got, ["hb", "open"])
})

test("a hidden page closes its stream after a minute, and opens it when it is visible", async () => {
  const { platform, time, inner } = await openFeed()

  platform.setHidden(true)
  await time.pass(59_000)
  assert.deepEqual(inner.calls, ["start"])
  await time.pass(1000)
  assert.deepEqual(inner.calls, ["start", "stop"])

  platform.setHidden(false)
  assert.deepEqual(inner.calls.slice(2), ["start", "check"])
})

test("a page that is hidden for a moment keeps its stream", async () => {
  const { platform, time, inner } = await openFeed()

  platform.setHidden(true)
  await time.pass(30_000)
  platform.setHidden(false)
  await time.pass(120_000)

  assert.equal(inner.calls.includes("stop"), false)
})

test("with hiddenMs Infinity a hidden page keeps its stream", async () => {
  const { platform, time, inner } = await openFeed({ options: { hiddenMs: Infinity } })

  platform.setHidden(true)
  await time.pass(3_600_000)

  assert.equal(inner.calls.includes("stop"), false)
})

test("a page in the back/forward cache closes its stream, and opens it when it returns", async () => {
  const { platform, inner } = await openFeed()

  platform.view.dispatchEvent(new Event("pagehide"))
  platform.view.dispatchEvent(new Event("pageshow"))
  platform.view.dispatchEvent(new Event("online"))

  assert.deepEqual(inner.calls, ["start", "stop", "start", "check"])
})

test("a stopped feed is not started when the page is shown", async () => {
  const { feed, platform, inner } = await openFeed()

  feed.stop()
  platform.setHidden(true)
  platform.setHidden(false)
  platform.view.dispatchEvent(new Event("pageshow"))

  assert.deepEqual(inner.calls, ["start", "stop"])
})

for (const lost of ["the worker can't be loaded", "the worker does not answer"]) {
  test(`if ${lost}, the page continues from its cursor with its own connection`, async () => {
    const { feed, platform, inner } = await openFeed()

    if (lost.includes("loaded")) platform.fail()
    else inner.dispatchEvent(new Event("lost"))
    platform.fail()
    await settle()

    assert.equal(platform.inner.length, 2)
    assert.deepEqual([inner.calls, platform.inner[1].calls], [["start", "stop"], ["start"]])
    assert.deepEqual([platform.inner[1].options.since, feed.status.shared], ["7-9", false])
  })
}

test("a feed that could not be loaded is loaded later", async () => {
  const { feed, platform, time } = await openFeed()
  const own = platform.own
  let tries = 0
  platform.own = async (...calls) => {
    tries += 1
    if (tries < 3) throw new TypeError("Failed to fetch")
    return own(...calls)
  }
  const other = new PageFeed("", { scope: "main", platform: { ...platform, sharedPort: () => null } })
  other.start()
  assert.equal(other.status.phase, "closed")
  await time.pass(10_000)

  assert.deepEqual([tries, other.status.phase, feed.status.shared], [3, "open", true])
})

test("a feed that is loaded while the page is hidden waits until it is shown", async () => {
  const { platform, inner } = await openFeed()
  let loaded
  platform.own = () => new Promise((resolve) => (loaded = resolve))
  inner.dispatchEvent(new Event("lost"))
  platform.view.dispatchEvent(new Event("pagehide"))
  const own = platform.makeFeed({ shared: false }, {})
  loaded(own)
  await settle()
  assert.deepEqual(own.calls, [])

  platform.view.dispatchEvent(new Event("pageshow"))
  assert.deepEqual(own.calls, ["start"])
})
