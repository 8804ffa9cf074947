import assert from "node:assert/strict"
import { test } from "node:test"

import { checksum } from "../../clients/javascript/stream/board-state.js"
import { LiveBoard } from "../../clients/javascript/stream/live-board.js"
import { Feed } from "../../clients/javascript/stream/feed.js"
import { HELLO, settle, FakePlatform } from "./fake-platform.js"

function liveBoard() {
  const stream = new FakePlatform()
  const own = async (base, options) => new Feed(base, { ...options, platform: stream })
  const platform = { sharedPort: () => null, own, later: stream.later, cancel: stream.cancel }
  const live = new LiveBoard("", { scope: "main", platform })
  live.start()
  return { live, stream }
}

test("entries have the metadata that the board shows", async () => {
  const { live, stream } = liveBoard()
  await settle()
  const top = [{ id: "ada", n: "Ada", s: 2, m: { team: "Red" } }, { id: "bob", n: "Bob", s: 1 }]
  const more = { size: 100, rank: "ordinal", period: "all", columns: [], tot: 2, at: "", why: "initial" }
  for (const one of [HELLO, { t: "snapshot", id: "7-1", b: "main", s: 1, crc: checksum(top), top, ...more }]) {
    stream.last.send(one)
  }

  assert.deepEqual(live.entries.map(({ id, shown }) => [id, shown]), [["ada", { team: "Red" }], ["bob", {}]])
  live.stop()
})

test("a private message is an event of its own, and changes no row", async () => {
  const { live, stream } = liveBoard()
  const [messages, changes] = [[], []]
  live.addEventListener("tell", ({ detail }) => messages.push(detail))
  live.addEventListener("change", () => changes.push(1))
  await settle()
  const frame = { t: "tell", kind: "merged", at: "2026-01-01T00:00:00.000Z", data: { guest: "g" } }
  for (const one of [HELLO, frame]) stream.last.send(one)

  assert.deepEqual(messages, [{ kind: "merged", at: "2026-01-01T00:00:00.000Z", data: { guest: "g" } }])
  assert.deepEqual(changes, [])
  live.stop()
})
