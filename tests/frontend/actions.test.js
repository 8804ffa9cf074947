import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"

import { Actions } from "../../clients/javascript/actions/actions.js"
import { Api } from "../../clients/javascript/actions/api.js"
import { Session } from "../../clients/javascript/actions/session.js"
import { Solver } from "../../clients/javascript/actions/solver.js"
import { StoredSession } from "../../clients/javascript/actions/stored-session.js"
import { data, problem, Server, session, Storage, Time } from "./fakes.js"

const REQUESTED = data({
  actionToken: "sb1.token",
  actionType: "jump",
  points: { min: 1, max: 10 },
  minSeconds: 2,
  challenge: { algorithm: "SHA-256", nonce: "a-nonce", timestamp: 0, difficulty: 6 },
})
const RECEIPT = data({ increment: 7 })
const SOON = { "Retry-After": "2" }

function setUp(...answers) {
  const server = new Server(session(1), ...answers)
  const time = new Time()
  const api = new Api("", { fetch: server.fetch, answerMs: 50 })
  const mine = new Session({ api, stored: new StoredSession(new Storage()), platform: time })
  return { server, time, actions: new Actions({ session: mine, solver: new Solver(), platform: time }) }
}

function completions(server) {
  return server.asked.filter((call) => call.path === "/actions/complete").map((call) => call.body)
}

test("an action is requested and completed with a proof of work", async () => {
  const { server, time, actions } = setUp(REQUESTED, RECEIPT)

  assert.deepEqual(await actions.play("jump", { points: 7, result: "Ü" }), { increment: 7 })

  assert.deepEqual(server.paths, ["/auth/guest", "/actions/request", "/actions/complete"])
  assert.deepEqual(server.asked[1].body, { actionType: "jump" })
  const [{ actionToken, proof }] = completions(server)
  assert.equal(actionToken, "sb1.token")
  assert.deepEqual(Object.keys(proof), ["solution", "checksum", "points", "result"])
  assert.equal(proof.checksum, digest("7|Ü").toString("hex"))
  assert.equal(digest(`a-nonce:${proof.checksum}:${proof.solution}`)[0] >> 2, 0)
  assert.ok(time.at >= 2000, "not before minSeconds")
})

test("a claim may have no points", async () => {
  const { server, actions } = setUp(REQUESTED, RECEIPT)

  await actions.play("jump")

  const [{ proof }] = completions(server)
  assert.equal(proof.checksum, digest("|").toString("hex"))
  assert.equal("points" in proof, false)
})

for (const [text, most] of [["x", 512], ['"', 256], ["ü", 256], ["🎲", 128]]) {
  test(`a result that would be refused is refused before the work: ${text}`, async () => {
    const { server, actions } = setUp(data({ ...REQUESTED.body.data, resultBytes: 512 }), RECEIPT)
    const action = await actions.request("jump")

    const refusal = await action.complete({ points: 1, result: text.repeat(most + 1) }).catch((thrown) => thrown)

    assert.deepEqual([refusal.status, refusal.code], [400, "result_too_large"])
    assert.equal(completions(server).length, 0)
    assert.deepEqual(await action.complete({ points: 1, result: text.repeat(most) }), { increment: 7 })
  })
}

test("without a number from the server a result may take 4096 bytes", async () => {
  const { actions } = setUp(REQUESTED, RECEIPT)

  assert.equal((await actions.request("jump")).resultBytes, 4096)
})

test("a completion after minSeconds does not wait", async () => {
  const { time, actions } = setUp(REQUESTED, RECEIPT)
  const action = await actions.request("jump")
  time.at += 2100

  await action.complete({ points: 1 })

  assert.deepEqual(time.slept, [])
})

test("after a lost answer the same token and claim are sent again", async () => {
  const { server, actions } = setUp(REQUESTED, "silence", "silence", RECEIPT)

  assert.deepEqual(await actions.play("jump", { points: 7 }), { increment: 7 })

  const sent = completions(server)
  assert.equal(sent.length, 3)
  assert.deepEqual(sent[1], sent[0])
  assert.deepEqual(sent[2], sent[0])
})

test("waiting for an answer ends after a while", async () => {
  const { server, actions } = setUp(REQUESTED, "never", RECEIPT)

  assert.deepEqual(await actions.play("jump", { points: 7 }), { increment: 7 })

  assert.deepEqual(completions(server)[1], completions(server)[0])
})

for (const [status, code] of [[429, "rate_limited"], [502, ""], [503, "outcome_unknown"], [504, ""]]) {
  test(`${status} is retried after the time in Retry-After`, async () => {
    const answer = code ? problem(status, code, SOON) : { status, text: "<html>", headers: SOON }
    const { server, time, actions } = setUp(answer, REQUESTED, answer, RECEIPT)

    assert.deepEqual(await actions.play("jump", { points: 7 }), { increment: 7 })

    assert.equal(completions(server).length, 2)
    assert.deepEqual(completions(server)[0], completions(server)[1])
    assert.equal(time.slept.filter((ms) => ms === 2250).length, 2, "two seconds, and half of the first pause")
  })
}

test("a lasting failure is thrown in the end, and the claim can be sent again", async () => {
  const { server, time, actions } = setUp(REQUESTED, ...Array(6).fill("silence"), RECEIPT)
  const action = await actions.request("jump")

  await assert.rejects(action.complete({ points: 7 }), { name: "Refusal", code: "no_answer", status: 0 })
  assert.ok(time.at < 60_000, "it does not go on for ever")
  assert.deepEqual(await action.complete({ points: 9 }), { increment: 7 })

  const sent = completions(server)
  assert.deepEqual(sent[6], sent[0], "the first claim is the one that counts")
})

for (const [status, code, headers] of [
  [400, "points_out_of_range", {}],
  [403, "scoring_disabled", {}],
  [409, "token_already_used", {}],
  [429, "cap_reached", SOON],
  [429, "rate_limited", { "Retry-After": "40" }],
  [500, "internal_error", {}],
]) {
  test(`${code} is thrown at once`, async () => {
    const { server, actions } = setUp(REQUESTED, problem(status, code, headers))

    await assert.rejects(actions.play("jump", { points: 7 }), { status, code, detail: `This is ${code}.` })
    assert.equal(completions(server).length, 1)
  })
}

test("a session that ended in the meantime is renewed, and the same token sent", async () => {
  const { server, actions } = setUp(REQUESTED, problem(401, "token_expired"), session(2), RECEIPT)

  await actions.play("jump", { points: 7 })

  assert.deepEqual(completions(server)[0], completions(server)[1])
  assert.equal(server.asked.at(-1).token, "access-2")
})

function digest(text) {
  return createHash("sha256").update(text).digest()
}
