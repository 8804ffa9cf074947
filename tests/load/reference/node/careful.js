// The same cycle, written for speed above all: see README.md.
import { createHmac, timingSafeEqual } from "node:crypto"
import http from "node:http"

import Redis from "ioredis"

import { groupCommits } from "./group.js"
import { ACCESS, BOARD, PARTY, POINTS, Refusal, bearer, checkCompletion, guest, issueToken, receipt } from "./protocol.js"
import { readsOf } from "./reads-careful.js"

const { HOST = "127.0.0.1", PORT = "3000", REDIS_URL, STORE = "sqlite" } = process.env
const MOST_BYTES = 64 * 1024
const TYPE = { "Content-Type": "application/json; charset=utf-8" }

const { openGroups } = await import(`./${STORE}-group.js`)
const count = groupCommits(await openGroups())
// Commands of one turn of the event loop travel together.
const redis = new Redis(REDIS_URL.replace(/^unix:\/\//, ""), { enableAutoPipelining: true })

const read = readsOf(redis, process.env.REMEMBER === "1")

const routes = {
  "GET /": () => [200, { ok: true }],
  "POST /v1/auth/guest": () => [201, guest()],
  "POST /v1/actions/request": (request, body) => [200, issueToken(playerOf(request), body)],
  "POST /v1/actions/complete": async (request, body) => {
    const ticket = checkCompletion(playerOf(request), body)
    const score = await count(ticket.id, ticket.player, POINTS)
    if (score === null) throw new Refusal(409, "token_already_used")
    const [, rank] = await Promise.all([redis.zadd(BOARD, score, ticket.player), redis.zrevrank(BOARD, ticket.player)])
    return [200, receipt(ticket, score, rank + 1)]
  },
}

// The player of a request's access token, which is checked by hand: one HMAC, then the claims that a JWT library checks.
function playerOf(request) {
  const [head, claims, signature] = bearer(request).split(".")
  const wanted = createHmac("sha256", ACCESS).update(`${head}.${claims}`).digest()
  const given = Buffer.from(signature ?? "", "base64url")
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw new Refusal(401, "unauthenticated")
  const { alg } = JSON.parse(Buffer.from(head, "base64url"))
  const { aud, exp, iss, sub } = JSON.parse(Buffer.from(claims, "base64url"))
  if (alg !== "HS256" || aud !== PARTY || iss !== PARTY || exp * 1000 <= Date.now()) {
    throw new Refusal(401, "unauthenticated")
  }
  return sub
}

async function answer(request, text) {
  const route = routes[`${request.method} ${request.url}`]
  if (route === undefined) throw new Refusal(404, "not_found")
  return route(request, text ? parseJson(text) : undefined)
}

function parseJson(text) {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, "invalid_json")
  }
}

function respond(response, status, data) {
  const body = JSON.stringify(data)
  response.writeHead(status, { ...TYPE, "Content-Length": Buffer.byteLength(body) }).end(body)
}

function refuse(response, error) {
  respond(response, error.status ?? 500, { code: error.status ? error.message : "internal_error" })
}

function respondRead(response, [status, body, tag]) {
  const length = status === 304 ? {} : { "Content-Length": Buffer.byteLength(body) }
  response.writeHead(status, { ...TYPE, ETag: tag, ...length }).end(body)
}

http
  .createServer((request, response) => {
    const reading = request.method === "GET" && read(request.url, request.headers["if-none-match"])
    if (reading) {
      request.resume()
      reading.then((answer) => respondRead(response, answer)).catch((error) => refuse(response, error))
      return
    }
    const parts = []
    let size = 0
    request.on("data", (part) => {
      size += part.length
      if (size > MOST_BYTES) request.destroy()
      else parts.push(part)
    })
    request.on("end", () => {
      answer(request, parts.length === 1 ? parts[0].toString() : Buffer.concat(parts).toString()).then(
        ([status, data]) => respond(response, status, data),
        (error) => refuse(response, error),
      )
    })
  })
  .listen(Number(PORT), HOST)
