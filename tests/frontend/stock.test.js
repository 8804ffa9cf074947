import assert from "node:assert/strict"
import { test } from "node:test"

import { Stock } from "../../clients/javascript/actions/stock.js"
import { settle, FakePlatform } from "./fake-platform.js"

const MINUTE = 60_000

// A server that hands out numbered actions while there is a connection.
function setUp({ livesMs = 5 * MINUTE } = {}) {
  const platform = new FakePlatform()
  const actions = {
    requests: 0,
    away: false,
    async request(type) {
      if (this.away) throw new Error("no answer")
      const until = platform.at + livesMs
      return { type, number: (this.requests += 1), get leftMs() { return until - platform.at } }
    },
  }
  return { platform, actions, stock: new Stock({ actions, platform }) }
}

test("after the first round three more can begin without a connection", async () => {
  const { actions, stock } = setUp()
  assert.equal(actions.requests, 0, "a visitor that does not play requests nothing")
  await stock.request("jump")
  await settle()
  assert.equal(actions.requests, 4)

  actions.away = true
  const begun = [await stock.request("jump"), await stock.request("jump"), await stock.request("jump")]

  assert.deepEqual(begun.map(({ number }) => number), [2, 3, 4])
  await assert.rejects(stock.request("jump"))
})

test("the stock is filled again when there is a connection", async () => {
  const { platform, actions, stock } = setUp()
  await stock.request("jump")
  await settle()
  actions.away = true
  await stock.request("jump")
  await settle()

  actions.away = false
  await platform.pass(30_000)

  assert.equal(actions.requests, 5)
})

test("an action that expires soon is not used", async () => {
  const { platform, stock } = setUp()
  await stock.request("jump")
  await settle()
  platform.at += 4.5 * MINUTE

  assert.equal((await stock.request("jump")).number, 5)
})

test("after the player stops nothing more is requested", async () => {
  const { platform, actions, stock } = setUp()
  await stock.request("jump")
  await platform.pass(11 * MINUTE)
  const requests = actions.requests

  await platform.pass(60 * MINUTE)

  assert.equal(actions.requests, requests)
})

test("actions that don't live long enough are not held", async () => {
  const { platform, actions, stock } = setUp({ livesMs: 30_000 })
  await stock.request("jump")
  await platform.pass(5 * MINUTE)

  assert.equal(actions.requests, 2)
  assert.equal((await stock.request("jump")).number, 3)
})

test("if no action may be held, none is requested in advance", async () => {
  const { platform, actions, stock } = setUp()
  await stock.request("jump")
  await settle()
  stock.stop()

  assert.equal((await stock.request("jump")).number, 5)
  await platform.pass(MINUTE)
  assert.equal(actions.requests, 5)
})
