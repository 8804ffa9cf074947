import assert from "node:assert/strict"
import { test } from "node:test"

import { EMPTY, parsePiece } from "../../frontend/static/js/docs/event-text.js"

const TEXT = 'retry: 3029\n: padding\n\nevent: hello\ndata: {"t":"hello"}\n\nevent: delta\nid: 7-2\ndata: {"t":"delta",\ndata: "s":2}\n\n'

function parseAll(pieces) {
  let state = EMPTY
  const events = []
  for (const piece of pieces) {
    const next = parsePiece(state, piece)
    events.push(...next.events)
    state = next.state
  }
  return { events, state }
}

test("an event has its type, its id and its data", () => {
  const { events, state } = parseAll([TEXT])

  assert.deepEqual(
    events.map(({ type, id, data, retryMs, comment }) => ({ type, id, data, retryMs, comment })),
    [
      { type: "", id: null, data: null, retryMs: 3029, comment: "padding" },
      { type: "hello", id: null, data: { t: "hello" }, retryMs: null, comment: null },
      { type: "delta", id: "7-2", data: { t: "delta", s: 2 }, retryMs: null, comment: null },
    ],
  )
  assert.deepEqual(state, { rest: "", last: "7-2" })
})

test("events of this release and of the release before are parsed alike", () => {
  const hello = 'event: hello\ndata: {"t":"hello"}\n\n'
  const frames = (text) => parseAll([text]).events.filter(({ data }) => data).map(({ type, data }) => [type, data.t])

  assert.deepEqual(frames(`retry: 3029\n: padding\n${hello}`), [["hello", "hello"]])
  assert.deepEqual(frames(`retry: 3029\n: padding\n\n1d7\r\n${hello}\r\n`), [["hello", "hello"]])
  assert.equal(parseAll([`retry: 3029\n: padding\n${hello}`]).events[0].retryMs, 3029)
})

test("it makes no difference where the pieces are cut", () => {
  const { events } = parseAll([TEXT])

  for (let size = 1; size < 40; size += 1) {
    const pieces = TEXT.match(new RegExp(`[^]{1,${size}}`, "g"))
    assert.deepEqual(parseAll(pieces).events, events)
  }
})

test("an incomplete event waits, and the last cursor is kept", () => {
  const { events, state } = parseAll(["id: 7-3\ndata: {}\n\nevent: hb\ndata: {}"])

  assert.equal(events.length, 1)
  assert.deepEqual(state, { rest: "event: hb\ndata: {}", last: "7-3" })
})

test("data that is no JSON is text", () => {
  assert.equal(parseAll(["data: {oops\n\n"]).events[0].data, "{oops")
})
