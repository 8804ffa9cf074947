import assert from "node:assert/strict"
import { test } from "node:test"

import { withLock } from "../../clients/javascript/actions/tab-lock.js"
import { Api } from "../../clients/javascript/actions/api.js"
import { Queue } from "../../clients/javascript/actions/queue.js"
import { Session } from "../../clients/javascript/actions/session.js"
import { StoredActions } from "../../clients/javascript/actions/stored-actions.js"
import { StoredSession } from "../../clients/javascript/actions/stored-session.js"
import { data, problem, Server, session, Storage, Time } from "./fakes.js"
import { settle, FakePlatform } from "./fake-platform.js"

const COMPLETE = "/actions/complete"

// A browser with storage, a lock, a network, and tabs that have a queue each.
class Browser {
  storage = new Storage()
  time = new FakePlatform()
  view = new EventTarget()
  #holder = null

  constructor(answer) {
    this.server = new Server(...Array(1000).fill((call) => (call.path === COMPLETE ? answer(call) : session(1))))
  }

  tab() {
    const api = new Api("", { fetch: this.server.fetch })
    const mine = new Session({ api, stored: new StoredSession(this.storage), platform: new Time() })
    const { now, random, later, cancel } = this.time
    const tab = {}
    const platform = { now, random, later, cancel, view: this.view, withLock: (run) => this.#withLock(tab, run) }
    const queue = new Queue({ session: mine, stored: new StoredActions(this.storage), platform })
    return Object.assign(tab, { queue })
  }

  get sent() {
    return this.server.asked.filter(({ path }) => path === COMPLETE).map(({ body }) => body.actionToken)
  }

  async #withLock(tab, run) {
    if (this.#holder || tab.closed) return false
    this.#holder = tab
    try {
      await run(() => {})
    } finally {
      this.#holder = null
    }
    return true
  }
}

function action(name, points = 3) {
  return { type: "jump", points, body: { actionToken: name, proof: { points } } }
}

function receiptFor({ body }) {
  return data({ increment: body.proof.points, token: body.actionToken })
}

function states(queue) {
  return queue.items.map(({ state }) => state)
}

// Add actions without waiting. Resolves later with the results.
function addAll(queue, ...names) {
  return names.map((name) => {
    const got = {}
    queue.add(action(name)).then(
      (receipt) => Object.assign(got, { receipt }),
      (refusal) => Object.assign(got, { refusal }),
    )
    return got
  })
}

test("a completed action is sent at once, and its receipt returned", async () => {
  const browser = new Browser(receiptFor)
  const { queue } = browser.tab()

  const [got] = addAll(queue, "a")
  await browser.time.pass(0)

  assert.deepEqual(got.receipt, { increment: 3, token: "a" })
  assert.deepEqual(states(queue), ["confirmed"])
})

test("an action is stored before it is sent", () => {
  const browser = new Browser(() => "never")
  addAll(browser.tab().queue, "a")

  assert.deepEqual(states(browser.tab().queue), ["waiting"])
})

test("unsent actions survive a reload, and are sent in order, once each", async () => {
  let away = true
  const browser = new Browser((call) => (away ? "silence" : receiptFor(call)))
  const before = browser.tab()
  for (const name of ["a", "b", "c"]) {
    addAll(before.queue, name)
  }
  await browser.time.pass(0)
  assert.deepEqual(states(before.queue), ["waiting", "waiting", "waiting"])
  before.closed = true

  away = false
  browser.server.asked.length = 0
  const { queue } = browser.tab()
  await browser.time.pass(60_000)

  assert.deepEqual(browser.sent, ["a", "b", "c"])
  assert.deepEqual(states(queue), ["confirmed", "confirmed", "confirmed"])
})

test("after a lost answer the same token and proof are sent again", async () => {
  let tries = 0
  const browser = new Browser((call) => ((tries += 1) < 3 ? "silence" : receiptFor(call)))
  const { queue } = browser.tab()

  const [got] = addAll(queue, "a")
  await browser.time.pass(10_000)

  const calls = browser.server.asked.filter(({ path }) => path === COMPLETE)
  assert.deepEqual([calls.length, calls[1].body, calls[2].body], [3, calls[0].body, calls[0].body])
  assert.equal(got.receipt.token, "a")
  assert.deepEqual(states(queue), ["confirmed"])
})

for (const [status, code, state] of [
  [400, "action_token_expired", "expired"],
  [400, "invalid_action_token", "refused"],
  [409, "token_already_used", "refused"],
  [422, "score_out_of_range", "refused"],
  [429, "cap_reached", "refused"],
]) {
  test(`${code} is thrown, and the next actions are sent`, async () => {
    const browser = new Browser((call) => (call.body.actionToken === "bad" ? problem(status, code) : receiptFor(call)))
    const { queue } = browser.tab()
    const [bad] = addAll(queue, "bad")
    const [good] = addAll(queue, "good")

    await browser.time.pass(0)

    assert.deepEqual(browser.sent, ["bad", "good"])
    assert.deepEqual(states(queue), [state, "confirmed"])
    assert.deepEqual([bad.refusal.code, good.receipt.token], [code, "good"])
    assert.equal(queue.items[0].refusal.detail, `This is ${code}.`)
  })
}

for (const answer of ["silence", problem(503, "ledger_unavailable"), problem(429, "rate_limited"), { status: 502, text: "<html>" }]) {
  test(`nothing is sent out of order after ${answer.status ?? answer}`, async () => {
    const browser = new Browser(() => answer)
    const { queue } = browser.tab()
    addAll(queue, "a")
    addAll(queue, "b")

    await browser.time.pass(5000)

    assert.deepEqual(new Set(browser.sent), new Set(["a"]))
    assert.deepEqual(states(queue), ["waiting", "waiting"])
  })
}

test("the server's Retry-After is respected", async () => {
  const browser = new Browser(() => problem(429, "rate_limited", { "Retry-After": "40" }))
  const { queue } = browser.tab()

  const [got] = addAll(queue, "a")
  await browser.time.pass(40_000)

  assert.deepEqual([browser.sent.length, got.refusal.code], [1, "rate_limited"])
  await browser.time.pass(1000)
  assert.equal(browser.sent.length, 2)
})

test("an action at which the server always fails blocks no others, and is given up", async () => {
  const browser = new Browser((call) => (call.body.actionToken === "bad" ? problem(500, "internal_error") : receiptFor(call)))
  const { queue } = browser.tab()
  addAll(queue, "bad")
  addAll(queue, "good")

  await browser.time.pass(0)
  assert.deepEqual(states(queue), ["waiting", "confirmed"])
  await browser.time.pass(120_000)

  assert.deepEqual(states(queue), ["refused", "confirmed"])
  assert.equal(browser.sent.filter((name) => name === "bad").length, 5)
})

test("a hotspot's sign-in page is no answer", async () => {
  let hotspot = true
  const browser = new Browser((call) => (hotspot ? { status: 200, text: "<html>Welcome" } : receiptFor(call)))
  const { queue } = browser.tab()
  addAll(queue, "a")
  await browser.time.pass(300_000)
  assert.deepEqual(states(queue), ["waiting"])

  hotspot = false
  await browser.time.pass(60_000)

  assert.deepEqual(states(queue), ["confirmed"])
})

test("pauses grow, and send() does not wait for them", async () => {
  const browser = new Browser(() => "silence")
  const { queue } = browser.tab()
  addAll(queue, "a")
  await browser.time.pass(600_000)
  const tries = browser.sent.length
  assert.ok(tries > 30 && tries < 60, `${tries} tries in ten minutes`)

  queue.send()
  await browser.time.pass(0)

  assert.equal(browser.sent.length, tries + 1)
})

test("the event online sends at once", async () => {
  const browser = new Browser(() => "silence")
  addAll(browser.tab().queue, "a")
  await browser.time.pass(600_000)
  const tries = browser.sent.length

  browser.view.dispatchEvent(new Event("online"))
  await browser.time.pass(0)

  assert.equal(browser.sent.length, tries + 1)
})

test("a caller gets a temporary refusal after a while, and may wait again", async () => {
  let away = true
  const browser = new Browser((call) => (away ? "silence" : receiptFor(call)))
  const { queue } = browser.tab()
  const [first] = addAll(queue, "a")
  await browser.time.pass(30_000)
  assert.equal(first.refusal.code, "no_answer")

  away = false
  const [again] = addAll(queue, "a")
  await browser.time.pass(0)

  assert.equal(again.receipt.token, "a")
  assert.equal(queue.items.length, 1)
})

test("answer() waits for the final answer", async () => {
  let away = true
  const browser = new Browser((call) => (away ? "silence" : receiptFor(call)))
  const { queue } = browser.tab()
  addAll(queue, "a")
  let last = null
  queue.answer({ actionToken: "a" }).then((receipt) => (last = receipt))
  await browser.time.pass(300_000)
  assert.equal(last, null)

  away = false
  await browser.time.pass(60_000)

  assert.equal(last.token, "a")
})

test("of two tabs one sends, and both get the answer", async () => {
  const browser = new Browser(receiptFor)
  const [one, other] = [browser.tab(), browser.tab()]
  const [got] = addAll(one.queue, "a")
  const [too] = addAll(other.queue, "b")

  await browser.time.pass(0)
  browser.view.dispatchEvent(Object.assign(new Event("storage"), { key: null }))
  await browser.time.pass(5000)

  assert.deepEqual([...browser.sent].sort(), ["a", "b"])
  assert.deepEqual([got.receipt.token, too.receipt.token], ["a", "b"])
})

test("the queue holds fifty actions", async () => {
  const browser = new Browser(() => "silence")
  const { queue } = browser.tab()
  const gots = addAll(queue, ...Array.from({ length: 51 }, (_, number) => `t${number}`))
  await settle()

  assert.equal(queue.waiting.length, 50)
  assert.equal(gots[50].refusal.code, "queue_full")
})

test("a discarded action is not sent", async () => {
  const browser = new Browser(() => "silence")
  const { queue } = browser.tab()
  const [got] = addAll(queue, "a", "b")
  await browser.time.pass(1000)
  const tries = browser.sent.length

  queue.discard()
  await browser.time.pass(60_000)

  assert.deepEqual([queue.items, browser.sent.length, got.refusal.code], [[], tries, "discarded"])
})

test("an action that is discarded while its answer is outstanding is not stored again", async () => {
  let answer
  const browser = new Browser(() => new Promise((resolve) => (answer = resolve)))
  const { queue } = browser.tab()
  addAll(queue, "a")
  await browser.time.pass(0)
  assert.deepEqual(states(queue), ["sent"])

  queue.discard()
  answer(data({}))
  await browser.time.pass(0)

  assert.deepEqual(queue.items, [])
})

test("settled actions are forgotten after an hour", async () => {
  const browser = new Browser(receiptFor)
  addAll(browser.tab().queue, "a")
  await browser.time.pass(0)
  assert.equal(browser.tab().queue.items.length, 1)

  browser.time.at += 3_600_001

  assert.equal(browser.tab().queue.items.length, 0)
})

test("without storage an action waits until the page is left", async () => {
  const stored = new StoredActions(null)
  stored.put({ id: "a", at: 1, state: "waiting" })

  assert.deepEqual(stored.all().map(({ id }) => id), ["a"])
  stored.remove("a")
  assert.deepEqual(stored.all(), [])
})

test("foreign values in the storage are no actions", () => {
  const storage = new Storage()
  for (const [key, value] of [["other", "{}"], ["scoreboard.action here x", "nonsense"], ["scoreboard.action here y", "null"]]) {
    storage.setItem(key, value)
  }

  assert.deepEqual(new StoredActions(storage, "here").all(), [])
})

test("without locks one tab holds a lease, and the others don't send", async () => {
  const storage = new Storage()
  const time = new Time()
  const tab = (me) => ({ storage, me, now: time.now, sleep: async (ms) => (time.at += ms) })
  const ran = []

  const first = withLock("queue", async () => {
    ran.push("first")
    assert.equal(await withLock("queue", () => ran.push("second"), tab("second")), false)
  }, tab("first"))

  assert.equal(await first, true)
  assert.equal(await withLock("queue", async () => ran.push("third"), tab("third")), true)
  assert.deepEqual(ran, ["first", "third"])
})

test("the lease of a dead tab expires, that of a working one does not", async () => {
  const storage = new Storage()
  const time = new Time()
  const tab = (me) => ({ storage, me, now: time.now, sleep: async (ms) => (time.at += ms) })
  const died = new Promise(() => {})
  withLock("queue", () => died, tab("dead"))
  await settle()
  time.at += 14_000
  assert.equal(await withLock("queue", () => {}, tab("other")), false)
  time.at += 2000

  const took = await withLock("queue", async (goOn) => {
    time.at += 14_000
    goOn()
    time.at += 14_000
    assert.equal(await withLock("queue", () => {}, tab("third")), false)
  }, tab("other"))

  assert.equal(took, true)
})

test("full or damaged storage does not prevent sending", async () => {
  const full = { getItem: () => null, setItem: () => { throw new Error("QuotaExceededError") }, removeItem: () => {} }
  const spoilt = new Storage()
  spoilt.setItem("scoreboard.lease.queue", "{")
  const ran = []

  for (const storage of [full, spoilt]) {
    const platform = { storage, me: "tab", now: Date.now, sleep: async () => {} }
    assert.equal(await withLock("queue", async (goOn) => (goOn(), ran.push(1)), platform), true)
  }

  assert.equal(ran.length, 2)
})

test("the browser's locks are used if there are any", async () => {
  const names = []
  const locks = { request: async (name, options, run) => (names.push(name), run(names.length === 1 ? {} : null)) }

  assert.equal(await withLock("queue", async () => {}, { locks }), true)
  assert.equal(await withLock("queue", async () => assert.fail("another tab has it"), { locks }), false)
  assert.deepEqual(names, ["scoreboard.queue", "scoreboard.queue"])
})
