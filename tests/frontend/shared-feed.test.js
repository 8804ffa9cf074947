import assert from "node:assert/strict"
import { test } from "node:test"

import { apply, checksum, emptyBoard } from "../../clients/javascript/stream/board-state.js"
import { Feed } from "../../clients/javascript/stream/feed.js"
import { PortFeed } from "../../clients/javascript/stream/port-feed.js"
import { SharedFeed } from "../../clients/javascript/stream/shared-feed.js"
import { HELLO, settle, FakePlatform } from "./fake-platform.js"

const ada = { id: "ada", n: "Ada", s: 10, c: [] }
const bob = { id: "bob", n: "Bob", s: 12, c: [] }
const SNAPSHOT = {
  t: "snapshot", id: "7-3", b: "main", s: 3, why: "initial", size: 100, rank: "ordinal", period: "all",
  columns: [], tot: 1, crc: checksum([ada]), at: "", top: [ada],
}
const DELTA = { t: "delta", id: "7-4", b: "main", p: 3, s: 4, rm: [], up: [[0, bob]], tot: 2, crc: checksum([bob, ada]), at: "" }

// A worker, and tabs that are connected to it as by message ports.
class Browser {
  platform = new FakePlatform()

  constructor({ ticketed = false } = {}) {
    const make = (ticket) => new Feed("", { scope: "main", ticket: ticketed ? ticket : null, platform: this.platform })
    this.shared = new SharedFeed(make, this.platform)
  }

  tab({ since = "", ticket = null } = {}) {
    const end = { postMessage: (news) => queueMicrotask(() => !tab.crashed && port.onmessage({ data: structuredClone(news) })) }
    const port = { postMessage: ({ say, ...more }) => queueMicrotask(() => tab.crashed || this.#said(end, say, more)) }
    const platform = { every: (ms, run) => this.platform.every(ms, () => tab.crashed || run()), cancel: this.platform.cancel }
    const feed = new PortFeed(port, "", { scope: "main", since, player: "p_1", ticket, platform })
    const tab = { feed, frames: [], board: emptyBoard("main"), lost: 0 }
    feed.addEventListener("frame", ({ detail }) => {
      tab.frames.push(detail.t)
      tab.board = apply(tab.board, detail)
    })
    feed.addEventListener("lost", () => (tab.lost += 1))
    feed.start()
    return tab
  }

  #said(port, say, { since, ticket }) {
    if (this.dead) return
    if (say === "watch") this.shared.watch(port, since)
    else if (say === "ticket") this.shared.acceptTicket(ticket)
    else this.shared[say](port)
  }
}

async function openShared(...frames) {
  const browser = new Browser()
  const tab = browser.tab()
  await settle()
  for (const frame of [HELLO, ...frames]) browser.platform.last.send(frame)
  await settle()
  return { browser, platform: browser.platform, tab }
}

test("all tabs get frames from one connection", async () => {
  const { browser, platform, tab } = await openShared(SNAPSHOT)
  const others = [1, 2, 3].map(() => browser.tab())
  await settle()

  platform.last.send(DELTA)
  await settle()

  assert.equal(platform.opened.length, 1)
  for (const one of [tab, ...others]) {
    assert.deepEqual(one.board.lines, [bob, ada])
    assert.deepEqual([one.feed.status.phase, one.feed.status.carrier, one.feed.status.shared], ["open", "sse", true])
  }
})

test("a new tab gets the board at once", async () => {
  const { browser, platform } = await openShared(SNAPSHOT, DELTA)

  const late = browser.tab()
  await settle()

  assert.equal(platform.opened.length, 1)
  assert.deepEqual([late.board.lines, late.board.total, late.board.size, late.board.lost], [[bob, ada], 2, 100, ""])
  assert.equal(late.feed.cursor, "7-4")
})

test("a tab that has the present board gets no snapshot", async () => {
  const { browser } = await openShared(SNAPSHOT, DELTA)

  const [same, newer, older, other] = ["7-4", "7-9", "7-3", "6-9"].map((since) => browser.tab({ since }))
  await settle()

  assert.deepEqual([same, newer, older, other].map((tab) => tab.frames), [[], [], ["snapshot"], ["snapshot"]])
})

test("a tab that lost the board gets it from the worker, without another connection", async () => {
  const { platform, tab } = await openShared(SNAPSHOT, DELTA)
  tab.board = { ...tab.board, lost: "gap" }

  tab.feed.resync()
  await settle()

  assert.deepEqual([tab.board.lines, tab.board.lost, platform.opened.length], [[bob, ada], "", 1])
})

test("if the worker lost the board too it requests a snapshot", async () => {
  const { platform, tab } = await openShared(SNAPSHOT)

  platform.last.send({ ...DELTA, crc: "0badc0de" })
  tab.feed.resync()
  await platform.pass(1000)
  assert.doesNotMatch(platform.last.query, /since/)
  platform.last.send(HELLO)
  platform.last.send({ ...SNAPSHOT, s: 4, id: "7-4" })
  await settle()

  assert.deepEqual([platform.opened.length, tab.board.lines, tab.board.lost], [2, [ada], ""])
})

test("the connection closes after the last tab, and opens again when one returns", async () => {
  const { browser, platform, tab } = await openShared(SNAPSHOT)
  const other = browser.tab()
  tab.feed.stop()
  await platform.pass(10_000)
  assert.equal(platform.last.closed, false)

  other.feed.stop()
  await platform.pass(5000)
  assert.equal(platform.last.closed, true)
  tab.feed.start()
  await settle()

  assert.match(platform.last.query, /since=7-3/)
})

test("going from page to page keeps the connection", async () => {
  const { browser, platform, tab } = await openShared(SNAPSHOT)
  tab.feed.stop()
  await platform.pass(2000)
  browser.tab()
  await platform.pass(10_000)

  assert.equal(platform.opened.length, 1)
  assert.equal(platform.last.closed, false)
})

test("a crashed tab does not keep the connection open", async () => {
  const { platform, tab } = await openShared(SNAPSHOT)
  tab.crashed = true

  await platform.pass(45_000)

  assert.equal(platform.last.closed, true)
})

test("a busy tab that was forgotten gets the frames that it missed", async () => {
  const { browser, platform, tab } = await openShared(SNAPSHOT)
  const other = browser.tab()
  tab.crashed = true
  for (let time = 0; time < 3; time += 1) {
    platform.last.send({ t: "hb", id: "7-3", b: [["main", 3, checksum([ada])]] })
    await platform.pass(15_000)
  }
  platform.last.send(DELTA)
  await settle()
  tab.crashed = false

  await platform.pass(5000)

  assert.deepEqual([tab.board.lines, other.board.lines], [[bob, ada], [bob, ada]])
})

test("a worker that does not answer is reported once, and then ignored", async () => {
  const { browser, platform, tab } = await openShared(SNAPSHOT)
  browser.dead = true

  await platform.pass(60_000)

  assert.equal(tab.lost, 1)
  assert.equal(tab.feed.status.phase, "closed")
})

test("a stream that ended permanently has ended for all tabs", async () => {
  const { browser, platform, tab } = await openShared(SNAPSHOT)
  platform.last.send({ t: "bye", code: 404, again: false, retry_ms: 0, why: "board_gone" })
  await settle()

  await platform.pass(60_000)

  assert.deepEqual([tab.feed.status.phase, browser.shared.ended, platform.opened.length], ["ended", true, 1])
})

test("a tab provides a ticket at each opening, and new tabs get the standing", async () => {
  const browser = new Browser({ ticketed: true })
  let number = 0
  browser.tab({ ticket: async () => `t${(number += 1)}` })
  await settle()
  assert.match(browser.platform.last.query, /ticket=t1$/)
  for (const frame of [HELLO, SNAPSHOT, { t: "me", b: "main", rank: 4, score: 7, tot: 9, ver: 3 }]) browser.platform.last.send(frame)

  const late = browser.tab({ ticket: async () => "other" })
  await settle()

  assert.deepEqual(late.frames, ["snapshot", "me"])
})

test("a private message reaches every open tab, and no later one", async () => {
  const browser = new Browser({ ticketed: true })
  const [one, other] = [browser.tab({ ticket: async () => "t" }), browser.tab({ ticket: async () => "t" })]
  await settle()
  for (const frame of [HELLO, SNAPSHOT, { t: "tell", kind: "merged", at: "", data: {} }]) browser.platform.last.send(frame)
  await settle()
  const late = browser.tab({ ticket: async () => "t" })
  await settle()

  assert.deepEqual([one, other, late].map((tab) => tab.frames.includes("tell")), [true, true, false])
})
