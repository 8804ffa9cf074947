import assert from "node:assert/strict"
import { afterEach, mock, test } from "node:test"

import { openLong, openShort } from "../../clients/javascript/stream/carriers/polling.js"
import { settled } from "./fake-platform.js"

const { fetch } = globalThis
afterEach(() => {
  globalThis.fetch = fetch
  mock.timers.reset()
})

function frames(id, ...frames) {
  return { status: 200, body: { id, frames, retry_ms: 1500 } }
}

// A carrier over a server that answers what it is told to, the last one for ever.
function opened(open, ...answers) {
  mock.timers.enable({ apis: ["setTimeout", "Date"] })
  const got = { asked: [], told: [], signal: null }
  globalThis.fetch = async (url, { signal }) => {
    got.asked.push(String(url))
    got.signal = signal
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer === "silence") throw new TypeError("Failed to fetch")
    if (answer === "later") return new Promise((_, cut) => signal.addEventListener("abort", () => cut(signal.reason)))
    return new Response(answer.text ?? JSON.stringify(answer.body), answer)
  }
  got.close = open("https://host", new URLSearchParams({ boards: "main", since: "7-1" }), {
    answered: ({ beatMs, id }) => got.told.push([beatMs, id]),
    frame: (frame) => got.told.push(frame.t === "bye" ? [frame.again, frame.code, frame.retry_ms] : frame.t),
    failed: () => got.told.push("failed"),
  })
  return got
}

test("the first answer is asked for at once, the next ones are waited for from the cursor", async () => {
  const got = opened(openLong, frames("7-1"), frames("7-4", { t: "delta" }), "later")
  await settled()

  assert.deepEqual(got.told, [[15_000, "7-1"], [15_000, "7-4"], "delta"])
  assert.deepEqual(got.asked, [
    "https://host/v1/poll?boards=main&since=7-1&wait=0",
    "https://host/v1/poll?boards=main&since=7-1&wait=15",
    "https://host/v1/poll?boards=main&since=7-4&wait=15",
  ])
})

test("where there is no place to wait in it is asked at the server's pace", async () => {
  const got = opened(openLong, frames("7-1"))
  await settled()
  assert.equal(got.asked.length, 2)

  mock.timers.tick(1499)
  await settled()
  assert.equal(got.asked.length, 2)
  mock.timers.tick(1)
  await settled()

  assert.equal(got.asked.length, 3)
  got.close()
})

test("where there is no slot to wait in an answer that holds only the own rank is no reason to hurry", async () => {
  const got = opened(openLong, frames("7-1", { t: "me" }))
  await settled()
  mock.timers.tick(1499)
  await settled()

  assert.equal(got.asked.length, 2)
  got.close()
})

test("the next poll says which private frames were seen", async () => {
  const first = frames("7-1", { t: "me" })
  first.body.told = "90-0"
  const second = frames("7-1", { t: "tell" })
  second.body.told = "90-1"
  const got = opened(openLong, first, second, "later")
  await settled()

  assert.deepEqual(got.asked.map((url) => new URL(url).searchParams.get("told")), [null, "90-0", "90-1"])
  assert.deepEqual(got.told.flat(), [15_000, "7-1", "me", 15_000, "7-1", "tell"])
})

test("plain polling asks every five seconds, and never waits", async () => {
  const got = opened(openShort, frames("7-2"))
  await settled()
  mock.timers.tick(5000)
  await settled()

  assert.deepEqual(got.told, [[5000, "7-2"], [5000, "7-2"]])
  assert.equal(got.asked[1], "https://host/v1/poll?boards=main&since=7-2&wait=0")
  got.close()
})

for (const status of [400, 401, 404]) {
  test(`${status} is the last word`, async () => {
    const got = opened(openLong, { status, body: {}, headers: { "Content-Type": "application/problem+json" } })
    await settled()

    assert.deepEqual(got.told, [[false, status, 0]])
    assert.equal(got.asked.length, 1)
  })
}

test("a client that asks too often is told when to return", async () => {
  const got = opened(openLong, { status: 429, body: {}, headers: { "Retry-After": "7" } })
  await settled()

  assert.deepEqual(got.told, [[true, 429, 7000]])
})

for (const [what, answer] of [
  ["no answer", "silence"],
  ["a proxy's error", { status: 502, text: "<html>" }],
  ["a router that has lost the server", { status: 404, text: "404 page not found" }],
  ["a page in the place of an answer", { status: 200, text: "<html>" }],
]) {
  test(`${what} is a failure`, async () => {
    const got = opened(openLong, answer)
    await settled()

    assert.deepEqual(got.told, ["failed"])
  })
}

test("after closing nothing more is requested", async () => {
  const got = opened(openLong, frames("7-1"), "later")
  await settled()

  got.close()
  await settled()

  assert.equal(got.signal.aborted, true)
  assert.equal(got.asked.length, 2)
})
