import assert from "node:assert/strict"
import { test } from "node:test"

import { Stock } from "../../clients/javascript/actions/stock.js"
import { StoredStock } from "../../clients/javascript/actions/stored-stock.js"
import { settle, FakePlatform } from "./fake-platform.js"
import { Storage } from "./fakes.js"

const MINUTE = 60_000

// A page of a player. Its server hands out numbered actions while there is a connection.
function setUp({ livesMs = 5 * MINUTE, storage = new Storage(), platform = new FakePlatform(), id = "p_1" } = {}) {
  const make = (requested, until) => ({ requested, type: requested.type, number: requested.number, get leftMs() { return until - platform.at } })
  const actions = {
    id,
    requests: 0,
    away: false,
    async request(type) {
      if (this.away) throw new Error("no answer")
      const number = (this.requests += 1)
      platform.at += 1
      return make({ actionToken: `${id} ${number}`, type, number }, platform.at + livesMs)
    },
    resume: (requested, { leftMs }) => make(requested, platform.at + leftMs),
  }
  const stored = new StoredStock({ player: actions, storage, server: "here", platform: { now: platform.now, withLock: async (run) => run() } })
  return { platform, actions, storage, stock: new Stock({ actions, stored, platform }) }
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

test("a page that is loaded again has the actions that are still good", async () => {
  const { platform, actions, storage, stock } = setUp()
  await stock.request("jump")
  await settle()

  const reloaded = setUp({ platform, storage })
  actions.away = reloaded.actions.away = true
  assert.equal((await reloaded.stock.request("jump")).number, 2)
  await assert.rejects(reloaded.stock.request("run"), "it has no actions of another type")

  await platform.pass(4.5 * MINUTE)
  await assert.rejects(reloaded.stock.request("jump"), "the others expire soon")
})

test("another tab does not use the same action", async () => {
  const { platform, storage, stock } = setUp()
  await stock.request("jump")
  await settle()
  const other = setUp({ platform, storage })
  other.actions.away = true

  assert.equal((await stock.request("jump")).number, 2)
  assert.equal((await other.stock.request("jump")).number, 3)
})

test("the actions of another player are not used, and are removed", async () => {
  const { platform, storage, stock } = setUp()
  await stock.request("jump")
  await settle()
  assert.equal(storage.length, 3)

  const other = setUp({ platform, storage, id: "p_2" })
  other.actions.away = true
  await assert.rejects(other.stock.request("jump"))

  assert.equal(storage.length, 0)
})

test("after the clock was set back no action is used: nobody knows when it expires", async () => {
  const { platform, storage, stock } = setUp()
  platform.at = 60 * MINUTE
  await stock.request("jump")
  await settle()
  platform.at = 0

  const reloaded = setUp({ platform, storage })
  reloaded.actions.away = true
  await assert.rejects(reloaded.stock.request("jump"))
})

test("without storage actions are held until the page is left", async () => {
  const { actions, stock } = setUp({ storage: null })
  await stock.request("jump")
  await settle()
  actions.away = true

  assert.equal((await stock.request("jump")).number, 2)
})
