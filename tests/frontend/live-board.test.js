import assert from "node:assert/strict"
import { test } from "node:test"

import { LiveBoard } from "../../clients/javascript/stream/live-board.js"
import { Feed } from "../../clients/javascript/stream/feed.js"
import { HELLO, settled, FakePlatform } from "./fake-platform.js"

function liveBoard() {
  const stream = new FakePlatform()
  const own = async (base, options) => new Feed(base, { ...options, platform: stream })
  const platform = { sharedPort: () => null, own, later: stream.later, cancel: stream.cancel }
  const live = new LiveBoard("", { scope: "main", platform })
  live.start()
  return { live, stream }
}

test("a private message is an event of its own, and changes no row", async () => {
  const { live, stream } = liveBoard()
  const [messages, changes] = [[], []]
  live.addEventListener("tell", ({ detail }) => messages.push(detail))
  live.addEventListener("change", () => changes.push(1))
  await settled()
  const frame = { t: "tell", kind: "merged", at: "2026-01-01T00:00:00.000Z", data: { guest: "g" } }
  for (const one of [HELLO, frame]) stream.last.send(one)

  assert.deepEqual(messages, [{ kind: "merged", at: "2026-01-01T00:00:00.000Z", data: { guest: "g" } }])
  assert.deepEqual(changes, [])
  live.stop()
})
