import assert from "node:assert/strict"
import { test } from "node:test"

import { RawStream } from "../../frontend/static/js/docs/raw-stream.js"

// A server with prepared answers, and a clock that a test moves.
function platform(...answers) {
  const requests = []
  const timers = []
  return {
    requests,
    timers,
    fetch: async (url) => {
      requests.push(url)
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      return typeof answer === "number" ? new Response("", { status: answer }) : new Response(answer)
    },
    later: (run, ms) => timers.push({ run, ms }),
    cancel: () => {},
  }
}

const frame = (data, id = "") => `${id && `id: ${id}\n`}event: ${data.t}\ndata: ${JSON.stringify(data)}\n\n`

async function openStream(made) {
  const stream = new RawStream("/v1/stream", { board: "main", platform: made })
  const events = []
  stream.addEventListener("event", ({ detail }) => events.push(detail.type))
  await stream.open()
  return { stream, events }
}

test("every event is dispatched, and the next stream continues from the last cursor", async () => {
  const made = platform(`retry: 700\n\n${frame({ t: "hello" })}${frame({ t: "delta" }, "7-2")}`, "")
  const { stream, events } = await openStream(made)

  assert.deepEqual(events, ["", "hello", "delta"])
  assert.equal(stream.state, "waiting")
  assert.equal(made.timers[0].ms, 700)

  await made.timers[0].run()
  assert.deepEqual(made.requests, ["/v1/stream?boards=main", "/v1/stream?boards=main&since=7-2"])
})

test("a bye has the pause before reconnecting", async () => {
  const made = platform(frame({ t: "bye", again: true, retry_ms: 1234 }))
  await openStream(made)

  assert.equal(made.timers[0].ms, 1234)
})

test("a stream that must not be reopened is not", async () => {
  const made = platform(frame({ t: "bye", again: false }))
  const { stream } = await openStream(made)

  assert.equal(stream.state, "refused")
  assert.deepEqual(made.timers, [])
})

test("a refusal is final, a broken connection is not", async () => {
  assert.equal((await openStream(platform(404))).stream.state, "refused")
  assert.equal((await openStream(platform(new TypeError("network")))).stream.state, "waiting")
})

test("a stream that was closed stays closed", async () => {
  const made = platform(frame({ t: "hello" }))
  const stream = new RawStream("/v1/stream", { board: "main", platform: made })

  const reading = stream.open()
  stream.close()
  await reading

  assert.deepEqual(made.timers, [])
})
