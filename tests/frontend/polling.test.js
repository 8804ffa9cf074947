import assert from "node:assert/strict"
import { afterEach, mock, test } from "node:test"

import { openLong, openShort } from "../../clients/javascript/stream/carriers/polling.js"
import { settle } from "./fake-platform.js"

const { fetch } = globalThis
afterEach(() => {
  globalThis.fetch = fetch
  mock.timers.reset()
})

function frames(id, ...frames) {
  return { status: 200, body: { id, frames, retry_ms: 1500 } }
}

// A carrier over a server with prepared answers, of which the last one is repeated.
function openCarrier(open, ...answers) {
  mock.timers.enable({ apis: ["setTimeout", "Date"] })
  const calls = { requests: [], received: [], signal: null }
  globalThis.fetch = async (url, { signal }) => {
    calls.requests.push(String(url))
    calls.signal = signal
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    if (answer === "silence") throw new TypeError("Failed to fetch")
    if (answer === "later") return new Promise((_, cut) => signal.addEventListener("abort", () => cut(signal.reason)))
    return new Response(answer.text ?? JSON.stringify(answer.body), answer)
  }
  calls.close = open("https://host", new URLSearchParams({ boards: "main", since: "7-1" }), {
    answered: ({ beatMs, id }) => calls.received.push([beatMs, id]),
    frame: (frame) => calls.received.push(frame.t === "bye" ? [frame.again, frame.code, frame.retry_ms] : frame.t),
    failed: () => calls.received.push("failed"),
  })
  return calls
}

test("the first poll does not wait, the next ones wait for frames after the cursor", async () => {
  const calls = openCarrier(openLong, frames("7-1"), frames("7-4", { t: "delta" }), "later")
  await settle()

  assert.deepEqual(calls.received, [[15_000, "7-1"], [15_000, "7-4"], "delta"])
  assert.deepEqual(calls.requests, [
    "https://host/v1/poll?boards=main&since=7-1&wait=0",
    "https://host/v1/poll?boards=main&since=7-1&wait=15",
    "https://host/v1/poll?boards=main&since=7-4&wait=15",
  ])
})

test("if the server has no slot for waiting, it is polled at the server's pace", async () => {
  const calls = openCarrier(openLong, frames("7-1"))
  await settle()
  assert.equal(calls.requests.length, 2)

  mock.timers.tick(1499)
  await settle()
  assert.equal(calls.requests.length, 2)
  mock.timers.tick(1)
  await settle()

  assert.equal(calls.requests.length, 3)
  calls.close()
})

test("without a slot an answer with only the own rank does not speed up polling", async () => {
  const calls = openCarrier(openLong, frames("7-1", { t: "me" }))
  await settle()
  mock.timers.tick(1499)
  await settle()

  assert.equal(calls.requests.length, 2)
  calls.close()
})

test("the next poll names the last private frame", async () => {
  const first = frames("7-1", { t: "me" })
  first.body.told = "90-0"
  const second = frames("7-1", { t: "tell" })
  second.body.told = "90-1"
  const calls = openCarrier(openLong, first, second, "later")
  await settle()

  assert.deepEqual(calls.requests.map((url) => new URL(url).searchParams.get("told")), [null, "90-0", "90-1"])
  assert.deepEqual(calls.received.flat(), [15_000, "7-1", "me", 15_000, "7-1", "tell"])
})

test("plain polling polls every five seconds, and never waits", async () => {
  const calls = openCarrier(openShort, frames("7-2"))
  await settle()
  mock.timers.tick(5000)
  await settle()

  assert.deepEqual(calls.received, [[5000, "7-2"], [5000, "7-2"]])
  assert.equal(calls.requests[1], "https://host/v1/poll?boards=main&since=7-2&wait=0")
  calls.close()
})

for (const status of [400, 401, 404]) {
  test(`${status} ends polling`, async () => {
    const calls = openCarrier(openLong, { status, body: {}, headers: { "Content-Type": "application/problem+json" } })
    await settle()

    assert.deepEqual(calls.received, [[false, status, 0]])
    assert.equal(calls.requests.length, 1)
  })
}

test("a client that polls too often gets a bye with a time to return", async () => {
  const calls = openCarrier(openLong, { status: 429, body: {}, headers: { "Retry-After": "7" } })
  await settle()

  assert.deepEqual(calls.received, [[true, 429, 7000]])
})

for (const [what, answer] of [
  ["no answer", "silence"],
  ["a proxy's error", { status: 502, text: "<html>" }],
  ["a router that has lost the server", { status: 404, text: "404 page not found" }],
  ["a page in the place of an answer", { status: 200, text: "<html>" }],
]) {
  test(`${what} is a failure`, async () => {
    const calls = openCarrier(openLong, answer)
    await settle()

    assert.deepEqual(calls.received, ["failed"])
  })
}

test("after closing nothing more is requested", async () => {
  const calls = openCarrier(openLong, frames("7-1"), "later")
  await settle()

  calls.close()
  await settle()

  assert.equal(calls.signal.aborted, true)
  assert.equal(calls.requests.length, 2)
})
