// The action cycle as a careful team would write it in express in an afternoon: see README.md.
import { randomBytes } from "node:crypto"

import express from "express"
import Redis from "ioredis"
import jwt from "jsonwebtoken"

import { open, seal } from "./tokens.js"
import { checksum, nonce, worked } from "./work.js"

const { HOST = "127.0.0.1", PORT = "3000", REDIS_URL, STORE = "sqlite" } = process.env
const ACTION = { name: "bench", points: 10, difficulty: 1, minMs: 0, lifeMs: 300_000 }
const BOARD = "board:main"
const ACCESS = randomBytes(32)
const CLAIMS = { algorithms: ["HS256"], issuer: "reference", audience: "reference" }

class Refusal extends Error {
  constructor(status, code) {
    super(code)
    this.status = status
  }
}

const { openStore } = await import(`./${STORE}.js`)
const store = await openStore()
const redis = new Redis(REDIS_URL.replace(/^unix:\/\//, ""))
const app = express()
app.disable("x-powered-by")
app.disable("etag")
app.use(express.json({ limit: "64kb" }))

app.get("/", (request, response) => response.json({ ok: true }))

app.post("/v1/auth/guest", (request, response) => {
  const id = `p_${randomBytes(13).toString("hex")}`
  const options = { algorithm: "HS256", issuer: "reference", audience: "reference", subject: id, expiresIn: 900 }
  response.status(201).json({ data: { player: { id }, accessToken: jwt.sign({ roles: ["player"] }, ACCESS, options) } })
})

app.post("/v1/actions/request", signedIn, (request, response) => {
  if (request.body?.actionType !== ACTION.name) throw new Refusal(404, "unknown_action_type")
  const ticket = { id: randomBytes(16).toString("hex"), player: request.player, issuedAt: Date.now() }
  const actionToken = seal(ticket)
  response.json({
    data: {
      actionToken,
      actionType: ACTION.name,
      points: ACTION.points,
      expiresAt: new Date(ticket.issuedAt + ACTION.lifeMs).toISOString(),
      challenge: {
        algorithm: "SHA-256",
        nonce: nonce(actionToken),
        timestamp: ticket.issuedAt,
        difficulty: ACTION.difficulty,
      },
    },
  })
})

app.post("/v1/actions/complete", signedIn, async (request, response) => {
  const { actionToken, proof } = request.body ?? {}
  const ticket = checked(actionToken, proof, request.player)
  const score = await store.count(ticket.id, ticket.player, ACTION.points)
  if (score === null) throw new Refusal(409, "token_already_used")
  const shown = await redis.pipeline().zadd(BOARD, score, ticket.player).zrevrank(BOARD, ticket.player).exec()
  const rank = shown[1][1] + 1
  response.json({
    data: { actionId: ticket.id, actionType: ACTION.name, increment: ACTION.points, newScore: score, rank },
  })
})

app.use((error, request, response, next) => {
  response.status(error.status ?? 500).json({ code: error.status ? error.message : "internal_error" })
})

function signedIn(request, response, next) {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ")
  if (scheme !== "Bearer") throw new Refusal(401, "unauthenticated")
  try {
    request.player = jwt.verify(token, ACCESS, CLAIMS).sub
  } catch {
    throw new Refusal(401, "unauthenticated")
  }
  next()
}

function checked(actionToken, proof, player) {
  const ticket = typeof actionToken === "string" ? open(actionToken) : null
  if (ticket === null || ticket.player !== player) throw new Refusal(400, "invalid_action_token")
  const took = Date.now() - ticket.issuedAt
  if (took >= ACTION.lifeMs) throw new Refusal(400, "action_token_expired")
  if (took < ACTION.minMs) throw new Refusal(400, "completed_too_fast")
  const claim = checksum(null, proof?.result ?? "")
  if (proof?.checksum !== claim) throw new Refusal(400, "invalid_proof")
  if (!worked(nonce(actionToken), claim, String(proof.solution), ACTION.difficulty)) {
    throw new Refusal(400, "invalid_proof")
  }
  return ticket
}

app.listen(Number(PORT), HOST)
