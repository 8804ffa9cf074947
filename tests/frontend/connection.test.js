import assert from "node:assert/strict"
import { test } from "node:test"

import { connectionState } from "../../clients/javascript/stream/connection.js"

function stateOf(status, now = 100_000) {
  return connectionState({ phase: "open", heardAt: 99_000, heartbeatMs: 15_000, failures: 0, degraded: false, ...status }, now)
}

test("a stream is live while frames come, and stale when a heartbeat is overdue", () => {
  assert.equal(stateOf({}), "live")
  assert.equal(stateOf({ heardAt: 77_600 }), "live")
  assert.equal(stateOf({ heardAt: 77_000 }), "stale")
})

test("a server that can't see changes is not called live", () => {
  assert.equal(stateOf({ degraded: true }), "delayed")
})

test("polling every five seconds is not called live, long polling is", () => {
  assert.equal(stateOf({ carrier: "poll" }), "polling")
  assert.equal(stateOf({ carrier: "long-poll" }), "live")
})

test("the first try is connecting, and many failed ones are offline", () => {
  assert.equal(stateOf({ phase: "opening", heardAt: null }), "connecting")
  assert.equal(stateOf({ phase: "waiting", heardAt: null, failures: 3 }), "offline")
})

test("a lost stream is reconnecting, and offline after half a minute", () => {
  assert.equal(stateOf({ phase: "waiting", failures: 1 }), "reconnecting")
  assert.equal(stateOf({ phase: "opening", failures: 2 }), "reconnecting")
  assert.equal(stateOf({ phase: "waiting", failures: 4, heardAt: 60_000 }), "offline")
})

test("a short reconnect at the server's request is still live", () => {
  assert.equal(stateOf({ phase: "waiting", heardAt: 99_500 }), "live")
  assert.equal(stateOf({ phase: "waiting", heardAt: 96_000 }), "reconnecting")
})
