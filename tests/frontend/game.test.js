import assert from "node:assert/strict"
import { test } from "node:test"

import { Refusal } from "../../clients/javascript/actions/api.js"
import { Game } from "../../frontend/static/js/play/game.js"
import { receiptText, refusalText } from "../../frontend/static/js/play/round-texts.js"
import { claimFor, roundFor } from "../../frontend/static/js/play/round.js"
import { setTexts } from "../../frontend/static/js/messages.js"
import { texts } from "./english.js"

const BOARD = { id: "main", sign: "+", decimals: 0, unit: "" }
const TAPPED = { points: { min: 1, max: 10 }, minSeconds: 1 }

// A clock without time: a test ends each wait.
class Waits {
  #waits = []
  sleep = (ms) => new Promise((resume) => this.#waits.push({ ms, resume }))

  async end(ms) {
    const index = this.#waits.findIndex((wait) => wait.ms === ms)
    assert.notEqual(index, -1, `nobody waits for ${ms} ms`)
    this.#waits.splice(index, 1)[0].resume()
    await settle()
  }
}

// Actions with prepared answers; a Refusal is thrown.
class Actions {
  claims = []
  #answers

  constructor(action, ...answers) {
    this.action = action
    this.#answers = answers
  }

  async request() {
    if (this.action instanceof Refusal) throw this.action
    const action = { ...this.action, complete: (claim) => this.#complete(claim) }
    this.prepare?.(action)
    return action
  }

  async #complete(claim) {
    this.claims.push(claim)
    const answer = this.#answers.shift()
    if (answer instanceof Refusal) throw answer
    return answer
  }
}

function receipt(increment, rank = 3) {
  return { increment, standings: [{ board: "other", rank: 1 }, { board: "main", rank }] }
}

async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await null
}

async function startGame(actions, prepare = () => {}, options = {}) {
  const waits = new Waits()
  actions.prepare = prepare
  const game = new Game({ type: "play-round", board: BOARD, actions, platform: waits, ...options })
  game.press()
  await settle()
  return { game, waits, press: (times) => Array.from({ length: times }, () => game.press()) }
}

test("taps are points, and the text is that of the receipt", async () => {
  const actions = new Actions(TAPPED, receipt(7))
  const { game, waits, press } = await startGame(actions)
  assert.equal(game.state, "tapping")

  press(7)
  await waits.end(3000)

  assert.deepEqual(actions.claims, [{ points: 7 }])
  assert.equal(game.text, "+7 points. Your rank is 3.")
})

test("a full round ends at once, and late taps start no other", async () => {
  const actions = new Actions(TAPPED, receipt(10))
  const { game, waits, press } = await startGame(actions)

  press(10)
  await settle()
  press(5)

  assert.deepEqual(actions.claims, [{ points: 10 }])
  assert.equal(game.state, "resting")
  assert.equal(game.pressable, false)
  await waits.end(1000)
  assert.equal(game.state, "again")
})

test("a round without a tap claims nothing", async () => {
  const actions = new Actions(TAPPED)
  const { game, waits } = await startGame(actions)

  await waits.end(3000)

  assert.deepEqual(actions.claims, [])
  assert.match(game.text, /nothing to count/)
})

test("an action of fixed points needs no taps", async () => {
  const actions = new Actions({ points: 5, minSeconds: 2 }, receipt(5))
  const { game, waits, press } = await startGame(actions)

  press(3)
  assert.equal(game.state, "waiting")
  await waits.end(2000)

  assert.deepEqual(actions.claims, [{}])
})

test("points that could not be sent wait to be sent again", async () => {
  const actions = new Actions(TAPPED, new Refusal(), receipt(4))
  const { game, waits, press } = await startGame(actions)
  press(4)
  await waits.end(3000)
  assert.equal(game.state, "unsent")
  assert.match(game.text, /The server does not answer\. Your points are waiting/)

  game.press()
  await settle()

  assert.deepEqual(actions.claims, [{ points: 4 }, { points: 4 }])
  assert.equal(game.text, "+4 points. Your rank is 3.")
})

test("waiting points are shown as soon as they are counted", async () => {
  let counted
  const actions = new Actions(TAPPED, new Refusal())
  const { game, waits, press } = await startGame(actions, (action) => {
    action.answer = () => new Promise((resolve) => (counted = resolve))
  })
  press(4)
  await waits.end(3000)
  assert.equal(game.state, "unsent")

  counted(receipt(4))
  await settle()

  assert.deepEqual([game.state, game.text], ["resting", "+4 points. Your rank is 3."])
})

test("playing ahead, the next round begins before the last one is counted", async () => {
  let counted
  const actions = new Actions(TAPPED, new Promise((resolve) => (counted = resolve)), new Refusal())
  const { game, waits, press } = await startGame(actions, () => {}, { ahead: true })
  press(4)
  await waits.end(3000)
  await waits.end(1000)
  assert.equal(game.state, "again")
  counted(receipt(4))
  await settle()
  assert.equal(game.text, "+4 points. Your rank is 3.")

  press(1)
  await settle()
  press(2)
  await waits.end(3000)
  await settle()

  assert.equal(game.state, "resting")
  assert.equal(game.text, "The server does not answer. Your points are saved, and will be sent as soon as possible.")
})

test("playing ahead, the text about saved points goes when they are counted", async () => {
  let counted
  const actions = new Actions(TAPPED, new Refusal())
  const { game, waits, press } = await startGame(
    actions,
    (action) => (action.answer = () => new Promise((resolve) => (counted = resolve))),
    { ahead: true },
  )
  press(4)
  await waits.end(3000)
  assert.match(game.text, /Your points are saved/)

  await waits.end(1000)
  assert.match(game.text, /Your points are saved/)
  counted(receipt(4))
  await settle()

  assert.deepEqual([game.state, game.text], ["again", "+4 points. Your rank is 3."])
})

test("points of an earlier round do not change the text of the next one", async () => {
  const answers = []
  const actions = new Actions(TAPPED, new Refusal())
  const { game, waits, press } = await startGame(
    actions,
    (action) => (action.answer = () => new Promise((resolve) => answers.push(resolve))),
    { ahead: true },
  )
  press(4)
  await waits.end(3000)
  await waits.end(1000)
  press(1)
  await settle()

  answers[0](receipt(4))
  await settle()

  assert.deepEqual([game.state, game.text], ["tapping", game.round.text])
})

test("a start without an answer is told while it lasts", async () => {
  let give
  const actions = new Actions(TAPPED)
  actions.request = () => new Promise((resolve) => (give = resolve))
  const { game, waits } = await startGame(actions)
  assert.deepEqual([game.state, game.text], ["starting", ""])

  await waits.end(2500)
  assert.deepEqual([game.state, game.text], ["starting", "The server has not answered yet. Trying again…"])

  give({ ...TAPPED })
  await settle()
  assert.deepEqual([game.state, game.text], ["tapping", game.round.text])
})

test("a quick start says nothing about the server", async () => {
  const { game, waits } = await startGame(new Actions(TAPPED))

  await waits.end(2500)

  assert.deepEqual([game.state, game.text], ["tapping", game.round.text])
})

test("a refused start has its reason, and can be tried again", async () => {
  const refusal = new Refusal({ status: 429, code: "rate_limited", retryAfterSeconds: 40 })
  const actions = new Actions(refusal)
  const { game, waits } = await startGame(actions)
  assert.equal(game.text, "Too many rounds at once. Play again in 40 seconds.")
  await waits.end(1000)

  actions.action = TAPPED
  game.press()
  await settle()

  assert.equal(game.state, "tapping")
})

test("a cap is final for now", async () => {
  const cap = new Refusal({ status: 429, code: "cap_reached", retryAfterSeconds: 5 * 3600 })
  const { game, waits, press } = await startGame(new Actions(TAPPED, cap))
  press(1)
  await waits.end(3000)

  assert.equal(game.state, "resting")
  assert.equal(game.text, "You have won the maximum for now. Play again in 5 hours.")
})

test("a long wait for an answer is shown while it lasts", async () => {
  let answer
  const actions = new Actions(TAPPED, new Promise((resolve) => (answer = resolve)))
  const { game, waits, press } = await startGame(actions)
  press(2)
  await waits.end(3000)
  assert.equal(game.state, "sending")

  await waits.end(3000)
  assert.equal(game.text, "Still counting…")
  await waits.end(2500)
  await waits.end(2500)
  assert.equal(game.text, "The server has not answered yet. Trying again…")

  answer(receipt(2))
  await settle()
  assert.equal(game.text, "+2 points. Your rank is 3.")
})

test("points stay within the range of the action type", () => {
  const round = roundFor({ points: { min: 3, max: 10 }, minSeconds: 1 })
  assert.deepEqual([1, 5, 99].map((taps) => claimFor(round, taps).points), [3, 5, 10])
  assert.equal(round.seconds, 3)
  assert.equal(roundFor({ points: { min: 0, max: 1 }, minSeconds: 8 }).seconds, 8)
  assert.deepEqual(claimFor(roundFor({ points: 5, minSeconds: 0 }), 3), {})
})

test("a receipt has the board's sign, decimals and unit", () => {
  assert.equal(receiptText(receipt(1, 1), BOARD), "+1 point. Your rank is 1.")
  assert.equal(receiptText(receipt(1250, 22), { ...BOARD, sign: "", decimals: 2, unit: "s" }), "12.50 s. Your rank is 22.")
  assert.equal(receiptText(receipt(5, null), BOARD), "+5 points. Your rank follows in a moment.")
})

test("the text of a round is in the language of the page", () => {
  const text = (tag) => (setTexts(tag, texts(tag)), receiptText(receipt(7), BOARD))

  assert.equal(text("de"), "+7 Punkte. Du bist auf Rang 3.")
  assert.equal(text("fr"), "+7 points. Votre rang est 3.")
  assert.equal(text("ja"), "+7 ポイント。あなたの順位は 3 位です。")
  assert.equal(text("ar"), "\u200e+7 نقاط. مرتبتك 3.", "the sign stays before the number, as numbers are read")
  text("en")
})

test("a refusal without a text of the page has that of the server", () => {
  assert.equal(refusalText({ status: 422, code: "score_out_of_range", detail: "The board ends at 100." }), "The board ends at 100.")
  assert.equal(refusalText({ status: 500, code: "internal_error", detail: "…" }), "The server can't accept this at the moment.")
})

test("refusals of a proxy or the queue are in the page's language too", () => {
  assert.equal(refusalText({ status: 403, code: "http_403", detail: "…" }), "The server can't accept this at the moment.")
  assert.equal(refusalText({ status: 0, code: "discarded", detail: "…" }), "These points were discarded.")
})

test("a round that can't begin without the server says so", async () => {
  const { game } = await startGame(new Actions(new Refusal()))

  assert.equal(game.text, "A new round needs the server, which does not answer. Play on when the connection is back.")
})
