// The action cycle as a careful team would write it in express in an afternoon: see README.md.
import express from "express"
import Redis from "ioredis"
import jwt from "jsonwebtoken"

import { ACCESS, BOARD, PARTY, POINTS, Refusal, bearer, checkCompletion, guest, issueToken, receipt } from "./protocol.js"
import { addReads } from "./reads-plain.js"

const { HOST = "127.0.0.1", PORT = "3000", REDIS_URL, STORE = "sqlite" } = process.env
const CLAIMS = { algorithms: ["HS256"], issuer: PARTY, audience: PARTY }

const { openStore } = await import(`./${STORE}.js`)
const store = await openStore()
const redis = new Redis(REDIS_URL.replace(/^unix:\/\//, ""))
const app = express()
app.disable("x-powered-by")
app.disable("etag")
app.use(express.json({ limit: "64kb" }))

app.get("/", (request, response) => response.json({ ok: true }))

app.post("/v1/auth/guest", (request, response) => response.status(201).json(guest()))

app.post("/v1/actions/request", authenticate, (request, response) => {
  response.json(issueToken(request.player, request.body))
})

app.post("/v1/actions/complete", authenticate, async (request, response) => {
  const ticket = checkCompletion(request.player, request.body)
  const score = await store.count(ticket.id, ticket.player, POINTS)
  if (score === null) throw new Refusal(409, "token_already_used")
  const replies = await redis.pipeline().zadd(BOARD, score, ticket.player).zrevrank(BOARD, ticket.player).exec()
  response.json(receipt(ticket, score, replies[1][1] + 1))
})

addReads(app, redis)

app.use((error, request, response, next) => {
  response.status(error.status ?? 500).json({ code: error.status ? error.message : "internal_error" })
})

function authenticate(request, response, next) {
  const token = bearer(request)
  try {
    request.player = jwt.verify(token, ACCESS, CLAIMS).sub
  } catch {
    throw new Refusal(401, "unauthenticated")
  }
  next()
}

app.listen(Number(PORT), HOST)
