import assert from "node:assert/strict"
import { test } from "node:test"

import { Api } from "../../clients/javascript/actions/api.js"
import { Session } from "../../clients/javascript/actions/session.js"
import { StoredSession } from "../../clients/javascript/actions/stored-session.js"
import { Scoreboard } from "../../clients/javascript/scoreboard.js"
import { data, problem, Server, session, Storage, Time } from "./play-world.js"

const DONE = data("done")
const SERVER = "http://one.test/"

function tab(server, { storage = new Storage(), time = new Time() } = {}) {
  const stored = new StoredSession(storage, SERVER)
  const api = new Api("", { fetch: server.fetch })
  return { stored, time, session: new Session({ api, stored, world: time }) }
}

test("who comes for the first time becomes a guest, and stays it", async () => {
  const server = new Server(session(1), DONE, DONE)
  const { session: mine, stored } = tab(server)

  assert.equal(await mine.post("/thing", {}), "done")
  await mine.post("/thing", {})

  assert.deepEqual(server.paths, ["/auth/guest", "/thing", "/thing"])
  assert.deepEqual(server.asked.map((call) => call.token), [undefined, "access-1", "access-1"])
  assert.deepEqual(stored.read(), { player: "p_1", refreshToken: "refresh-1" })
})

test("only what is needed to come back is stored", async () => {
  const storage = new Storage()
  await tab(new Server(session(1), DONE), { storage }).session.post("/thing", {})

  assert.doesNotMatch(storage.getItem(`scoreboard.session ${SERVER}`), /access/)
})

test("each server has a session of its own", () => {
  const storage = new Storage()
  new StoredSession(storage, SERVER).write({ player: "p_1", refreshToken: "refresh-1" })

  assert.equal(new StoredSession(storage, "http://two.test/").read(), null)
  assert.equal(new StoredSession(storage, SERVER).read().player, "p_1")
})

test("a server is known however its address is written", () => {
  const storage = new Storage()
  new StoredSession(storage, SERVER).write({ player: "p_1", refreshToken: "refresh-1" })

  for (const url of ["http://one.test", "http://one.test/", "http://ONE.test:80//"]) {
    assert.equal(new Scoreboard({ url, storage }).playerId, "p_1", url)
  }
  assert.equal(new Scoreboard({ url: "http://one.test/games", storage }).playerId, null)
})

test("who was here before comes back as himself", async () => {
  const storage = new Storage()
  await tab(new Server(session(1), DONE), { storage }).session.post("/thing", {})

  const server = new Server(session(2), DONE)
  const { session: mine, stored } = tab(server, { storage })
  await mine.post("/thing", {})

  assert.deepEqual(server.asked[0], { path: "/auth/refresh", body: { refreshToken: "refresh-1" }, token: undefined })
  assert.equal(stored.read().refreshToken, "refresh-2")
})

test("a token is renewed before it ends", async () => {
  const server = new Server(session(1), DONE, DONE, session(2), DONE)
  const { session: mine, time } = tab(server)
  await mine.post("/thing", {})

  time.at += 869_000
  await mine.post("/thing", {})
  time.at += 1000
  await mine.post("/thing", {})

  assert.deepEqual(server.paths, ["/auth/guest", "/thing", "/thing", "/auth/refresh", "/thing"])
})

test("a token that is refused is replaced, and the call sent again", async () => {
  const server = new Server(session(1), problem(401, "token_expired"), session(2), DONE)
  const { session: mine } = tab(server)

  assert.equal(await mine.post("/thing", { a: 1 }), "done")

  assert.deepEqual(server.asked.at(-1), { path: "/thing", body: { a: 1 }, token: "access-2" })
})

test("a second refusal in a row is told", async () => {
  const refused = problem(401, "unauthenticated")
  const { session: mine } = tab(new Server(session(1), refused, session(2), refused))

  await assert.rejects(mine.post("/thing", {}), { name: "Refusal", status: 401, code: "unauthenticated" })
})

test("several calls at once share one session", async () => {
  const server = new Server(session(1), DONE, DONE, DONE)
  const { session: mine } = tab(server)

  await Promise.all([mine.post("/a", {}), mine.post("/b", {}), mine.post("/c", {})])

  assert.deepEqual(server.paths, ["/auth/guest", "/a", "/b", "/c"])
})

test("a tab whose turn comes later uses what the one before it got", async () => {
  const storage = new Storage()
  await tab(new Server(session(1), DONE), { storage }).session.post("/thing", {})
  let before = Promise.resolve()
  const alone = (run) => (before = before.then(run))
  let number = 1
  const answer = ({ path }) => (path === "/auth/refresh" ? session((number += 1)) : DONE)
  const server = new Server(answer, answer, answer, answer)
  const tabs = [1, 2].map(() => tab(server, { storage, time: Object.assign(new Time(), { alone }) }))

  await Promise.all(tabs.map(({ session: mine }) => mine.post("/thing", {})))

  const spent = server.asked.filter((call) => call.path === "/auth/refresh").map((call) => call.body.refreshToken)
  assert.deepEqual(spent, ["refresh-1", "refresh-2"])
})

test("whose session is over becomes a new guest", async () => {
  for (const code of ["invalid_refresh_token", "refresh_token_reused"]) {
    const storage = new Storage()
    await tab(new Server(session(1), DONE), { storage }).session.post("/thing", {})
    const { session: mine, stored } = tab(new Server(problem(401, code), session(5, "p_2"), DONE), { storage })

    await mine.post("/thing", {})

    assert.equal(stored.read().player, "p_2")
  }
})

test("an outage ends no session", async () => {
  const storage = new Storage()
  await tab(new Server(session(1), DONE), { storage }).session.post("/thing", {})
  const away = problem(503, "ledger_unavailable", { "Retry-After": "1" })
  const { session: mine, stored } = tab(new Server("silence", away, session(2), DONE), { storage })

  await assert.rejects(mine.post("/thing", {}), { code: "no_answer" })
  await assert.rejects(mine.post("/thing", {}), { code: "ledger_unavailable", retryAfterSeconds: 1 })
  assert.equal(stored.read().refreshToken, "refresh-1")

  assert.equal(await mine.post("/thing", {}), "done")
})

test("where nothing can be kept, one plays until the page is left", async () => {
  const full = { getItem: () => null, setItem: () => { throw new Error("QuotaExceededError") } }
  for (const storage of [null, full]) {
    const { session: mine, stored } = tab(new Server(session(1), DONE), { storage })
    let news = 0
    stored.addEventListener("change", () => (news += 1))

    await mine.post("/thing", {})

    assert.equal(stored.read().player, "p_1")
    assert.equal(news, 1)
  }
})

test("what somebody else stored there is no session", () => {
  for (const text of ["", "null", "[]", "{}", "nonsense", '{"player": "p_1"}']) {
    const storage = new Storage()
    storage.setItem(`scoreboard.session ${SERVER}`, text)
    assert.equal(new StoredSession(storage, SERVER).read(), null, text)
  }
})
