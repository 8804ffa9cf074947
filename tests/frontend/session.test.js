import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"

import { Api } from "../../clients/javascript/actions/api.js"
import { Session } from "../../clients/javascript/actions/session.js"
import { StoredSession } from "../../clients/javascript/actions/stored-session.js"
import { Scoreboard } from "../../clients/javascript/scoreboard.js"
import { data, problem, Server, session, Storage, Time } from "./fakes.js"

const DONE = data("done")
const SERVER = "http://one.test/"

// The session of a player with a user name.
function namedSession(number, player) {
  const answer = session(number, player)
  answer.body.data.player.guest = false
  return answer
}

function tab(server, { storage = new Storage(), time = new Time(), solver } = {}) {
  const stored = new StoredSession(storage, SERVER)
  const api = new Api("", { fetch: server.fetch })
  return { stored, time, session: new Session({ api, stored, solver, platform: time }) }
}

test("a new visitor becomes a guest, and stays that guest", async () => {
  const server = new Server(session(1), DONE, DONE)
  const { session: mine, stored } = tab(server)

  assert.equal(await mine.post("/thing", {}), "done")
  await mine.post("/thing", {})

  assert.deepEqual(server.paths, ["/auth/guest", "/thing", "/thing"])
  assert.deepEqual(server.asked.map((call) => call.token), [undefined, "access-1", "access-1"])
  assert.deepEqual(stored.read(), { player: "p_1", refreshToken: "refresh-1" })
})

test("only the id and the refresh token are stored", async () => {
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

test("different spellings of a server's address share a session", () => {
  const storage = new Storage()
  new StoredSession(storage, SERVER).write({ player: "p_1", refreshToken: "refresh-1" })

  for (const url of ["http://one.test", "http://one.test/", "http://ONE.test:80//"]) {
    assert.equal(new Scoreboard({ url, storage }).playerId, "p_1", url)
  }
  assert.equal(new Scoreboard({ url: "http://one.test/games", storage }).playerId, null)
})

test("a returning visitor is the same player", async () => {
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

test("a second refusal in a row is thrown", async () => {
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

test("a tab that gets the lock later uses the session of the one before", async () => {
  const storage = new Storage()
  await tab(new Server(session(1), DONE), { storage }).session.post("/thing", {})
  let before = Promise.resolve()
  const withLock = (run) => (before = before.then(run))
  let number = 1
  const answer = ({ path }) => (path === "/auth/refresh" ? session((number += 1)) : DONE)
  const server = new Server(answer, answer, answer, answer)
  const tabs = [1, 2].map(() => tab(server, { storage, time: Object.assign(new Time(), { withLock }) }))

  await Promise.all(tabs.map(({ session: mine }) => mine.post("/thing", {})))

  const spent = server.asked.filter((call) => call.path === "/auth/refresh").map((call) => call.body.refreshToken)
  assert.deepEqual(spent, ["refresh-1", "refresh-2"])
})

test("a guest whose session has ended becomes a new guest", async () => {
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

test("without storage the session lasts until the page is left", async () => {
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

test("foreign values in the storage are no session", () => {
  for (const text of ["", "null", "[]", "{}", "nonsense", '{"player": "p_1"}']) {
    const storage = new Storage()
    storage.setItem(`scoreboard.session ${SERVER}`, text)
    assert.equal(new StoredSession(storage, SERVER).read(), null, text)
  }
})

test("a guest that gets a password continues with the new session", async () => {
  const server = new Server(session(1), DONE, namedSession(2), DONE)
  const { session: mine, stored } = tab(server)
  await mine.post("/thing", {})

  const player = await mine.upgrade("ada", "secret")
  await mine.post("/thing", {})

  assert.equal(player.id, "p_1")
  assert.deepEqual(stored.read(), { player: "p_1", refreshToken: "refresh-2", named: true })
  assert.deepEqual(server.asked[2], { path: "/auth/upgrade", body: { username: "ada", password: "secret" }, token: "access-1" })
  assert.equal(server.asked[3].token, "access-2")
})

test("another tab continues with it too", async () => {
  const storage = new Storage()
  const one = tab(new Server(session(1), DONE, namedSession(3)), { storage })
  const server = new Server(session(2), DONE, problem(401, "unauthenticated"), namedSession(4), DONE)
  const other = tab(server, { storage })
  await one.session.post("/thing", {})
  await other.session.post("/thing", {})

  await one.session.upgrade("ada", "secret")
  assert.equal(await other.session.post("/thing", {}), "done")

  assert.equal(server.asked[3].body.refreshToken, "refresh-3")
  assert.equal(other.stored.read().player, "p_1")
})

test("a tab that is refused before the new session is stored waits for it, and stays the player", async () => {
  const storage = new Storage()
  await tab(new Server(session(1), DONE), { storage }).session.post("/thing", {})
  const server = new Server(problem(401, "invalid_refresh_token"), namedSession(3), DONE)
  const time = new Time()
  const { session: other, stored } = tab(server, { storage, time })
  time.sleep = async () => stored.write({ player: "p_1", refreshToken: "refresh-2", named: true })

  await other.post("/thing", {})

  assert.deepEqual(server.paths, ["/auth/refresh", "/auth/refresh", "/thing"])
  assert.equal(server.asked[1].body.refreshToken, "refresh-2")
})

test("an upgrade whose answer is lost is found by signing in", async () => {
  const server = new Server(session(1), DONE, "silence", namedSession(2))
  const { session: mine, stored } = tab(server)
  await mine.post("/thing", {})

  await mine.upgrade("ada", "secret")

  assert.deepEqual(server.paths.slice(2), ["/auth/upgrade", "/auth/login"])
  assert.equal(stored.read().refreshToken, "refresh-2")
})

test("a failed upgrade leaves the guest unchanged", async () => {
  const answers = [
    ["silence", problem(401, "invalid_credentials")],
    ["silence", namedSession(9, "p_9")], // another player has that name, and that password
    [problem(409, "username_taken")],
  ]
  for (const [first, ...second] of answers) {
    const { session: mine, stored } = tab(new Server(session(1), DONE, first, ...second))
    await mine.post("/thing", {})

    await assert.rejects(mine.upgrade("ada", "secret"), { code: first === "silence" ? "no_answer" : "username_taken" })

    assert.deepEqual(stored.read(), { player: "p_1", refreshToken: "refresh-1" })
  }
})

test("an outdated token is replaced during an upgrade", async () => {
  const server = new Server(session(1), DONE, problem(401, "token_expired"), session(2), namedSession(3))
  const { session: mine, stored } = tab(server)
  await mine.post("/thing", {})

  await mine.upgrade("ada", "secret")

  assert.equal(server.asked.at(-1).token, "access-2")
  assert.equal(stored.read().refreshToken, "refresh-3")
})

test("a player with a user name whose session has ended stays signed out", async () => {
  const storage = new Storage()
  const over = problem(401, "invalid_refresh_token")
  const { session: mine, stored } = tab(new Server(namedSession(1), over, namedSession(2), DONE), { storage })
  await mine.signIn("ada", "secret")
  const { session: later } = tab(new Server(over), { storage })

  await assert.rejects(later.post("/thing", {}), { status: 401, code: "invalid_refresh_token" })

  assert.equal(stored.read().player, "p_1")
})

test("the refusal of a suspended player is thrown, and the stored session stays", async () => {
  const storage = new Storage()
  await tab(new Server(session(1), DONE), { storage }).session.post("/thing", {})
  const { session: mine, stored } = tab(new Server(problem(403, "account_suspended")), { storage })

  await assert.rejects(mine.post("/thing", {}), { status: 403, code: "account_suspended" })

  assert.equal(stored.read().refreshToken, "refresh-1")
})

test("a sign-in that needs a proof of work gets one", async () => {
  const needed = problem(429, "proof_of_work_needed")
  needed.body.puzzle = { nonce: "n", difficulty: 4 }
  const server = new Server(needed, namedSession(1))
  const { session: mine } = tab(server, { solver: { solve: async (puzzle) => `for ${puzzle.nonce} ${puzzle.checksum}` } })

  await mine.signIn("ada", "secret")

  const checksum = createHash("sha256").update("ada|secret").digest("hex")
  assert.deepEqual(server.asked[1].body.proof, { nonce: "n", solution: `for n ${checksum}` })
})

test("after signing out nobody is signed in, and the next visitor is a new guest", async () => {
  const server = new Server(namedSession(1), { status: 204 }, session(2, "p_2"), DONE)
  const { session: mine, stored } = tab(server)
  await mine.signIn("ada", "secret")

  await mine.signOut()
  assert.equal(stored.read(), null)
  await mine.post("/thing", {})

  assert.equal(server.asked[1].body.refreshToken, "refresh-1")
  assert.equal(stored.read().player, "p_2")
})

test("signing in may merge the guest's points", async () => {
  const storage = new Storage()
  await tab(new Server(session(1), DONE), { storage }).session.post("/thing", {})
  const server = new Server(namedSession(2, "p_ada"), data({ player: { id: "p_ada" }, guest: "p_1" }))
  const { session: mine, stored } = tab(server, { storage })

  await mine.signIn("ada", "secret", { merge: true })

  const merge = { path: "/me/merge", body: { guestRefreshToken: "refresh-1" }, token: "access-2" }
  assert.deepEqual(server.asked[1], merge)
  assert.equal(stored.read().player, "p_ada")
})

test("if the merge is refused the guest continues", async () => {
  const storage = new Storage()
  await tab(new Server(session(1), DONE), { storage }).session.post("/thing", {})
  const { session: mine, stored } = tab(new Server(namedSession(2), problem(422, "score_out_of_range")), { storage })

  await assert.rejects(mine.signIn("ada", "secret", { merge: true }), { code: "score_out_of_range" })

  assert.equal(stored.read().refreshToken, "refresh-1")
})

test("without a guest nothing is merged", async () => {
  const storage = new Storage()
  await tab(new Server(session(1), DONE), { storage }).session.post("/thing", {})
  const gone = new Server(namedSession(2, "p_ada"), problem(400, "invalid_guest_token"))
  const { session: mine, stored } = tab(gone, { storage })

  await mine.signIn("ada", "secret", { merge: true })
  assert.equal(stored.read().player, "p_ada")

  const again = new Server(namedSession(3, "p_ada"))
  await tab(again, { storage }).session.signIn("ada", "secret", { merge: true })
  assert.deepEqual(again.paths, ["/auth/login"])
})

// The same answer, of a player with this display name.
function named(answer, displayName) {
  answer.body.data.player.displayName = displayName
  return answer
}

function player(displayName, id = "p_1") {
  return data({ id, displayName, guest: true })
}

test("the display name is known without another call, and is the newest that the server told", async () => {
  const server = new Server(named(session(1), "Guest P1"), DONE, player("Ada"))
  const { session: mine, stored } = tab(server)

  await mine.post("/thing", {})
  assert.deepEqual(stored.read(), { player: "p_1", refreshToken: "refresh-1", name: "Guest P1" })

  assert.equal((await mine.changeName("Ada")).displayName, "Ada")
  assert.equal(stored.read().name, "Ada")
  assert.deepEqual(server.asked.at(-1), { path: "/me", body: { displayName: "Ada" }, token: "access-1" })
})

test("a visitor who chooses a name is a guest of that name at once", async () => {
  const server = new Server(named(session(1), "Ada"))
  const { session: mine, stored } = tab(server)

  assert.equal((await mine.changeName("Ada")).displayName, "Ada")

  assert.deepEqual(server.asked, [{ path: "/auth/guest", body: { displayName: "Ada" }, token: undefined }])
  assert.equal(stored.read().name, "Ada")
})

test("a refused name changes nothing", async () => {
  const server = new Server(named(session(1), "Guest P1"), DONE, problem(422, "invalid_display_name"))
  const { session: mine, stored } = tab(server)
  await mine.post("/thing", {})

  await assert.rejects(mine.changeName("\u202e"), { code: "invalid_display_name" })

  assert.equal(stored.read().name, "Guest P1")
})

test("new guests get the name that the page gave", async () => {
  const server = new Server(session(1), DONE)
  const stored = new StoredSession(new Storage(), SERVER)
  const mine = new Session({ api: new Api("", { fetch: server.fetch }), stored, displayName: "Ada", platform: new Time() })

  await mine.post("/thing", {})

  assert.deepEqual(server.asked[0].body, { displayName: "Ada" })
})

test("a registered player takes the place of the browser's own", async () => {
  const server = new Server(namedSession(1, "p_7"), namedSession(2, "p_8"))
  const { session: mine, stored } = tab(server)

  await mine.register("ada", "correct horse", { displayName: "Ada" })
  await mine.register("grace", "battery staple")

  assert.deepEqual(server.asked.map(({ path, body }) => [path, body]), [
    ["/auth/register", { username: "ada", password: "correct horse", displayName: "Ada" }],
    ["/auth/register", { username: "grace", password: "battery staple" }],
  ])
  assert.equal(stored.read().player, "p_8")
  assert.equal(stored.read().named, true)
})

test("nobody has played: there is no player, and none is made", async () => {
  const server = new Server()
  assert.equal(await tab(server).session.me(), null)
  assert.deepEqual(server.asked, [])
})

test("a refusal names the invalid fields", async () => {
  const errors = [{ field: "password", message: "must have at least 8 characters" }]
  const refused = { status: 400, body: { status: 400, code: "validation_failed", detail: "…", errors } }

  await assert.rejects(tab(new Server(refused)).session.register("ada", "short"), { code: "validation_failed", errors })
})

test("scripts of the page hear of a change, whichever object made it", () => {
  let heard = 0
  globalThis.dispatchEvent = ({ type }) => (heard += type === "scoreboard.session")
  const stored = new StoredSession(new Storage(), SERVER)

  stored.write({ player: "p_1", refreshToken: "refresh-1" })
  stored.forget()
  delete globalThis.dispatchEvent

  assert.equal(heard, 2)
})
