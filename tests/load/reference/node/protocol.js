// The protocol of both servers here: guests, action tokens, claims and answers.
import { createSecretKey, randomBytes } from "node:crypto"

import jwt from "jsonwebtoken"

import { open, seal } from "./tokens.js"
import { checksum, isSolved, nonce } from "./work.js"

const ACTION = { name: "bench", points: 10, difficulty: 1, minMs: 0, lifeMs: 300_000 }

// A KeyObject: jsonwebtoken tries to read bytes as a public key first, which costs an exception a verification.
export const ACCESS = createSecretKey(randomBytes(32))
export const PARTY = "reference" // issuer and audience of access tokens
export const BOARD = "board:main"
export const POINTS = ACTION.points

export class Refusal extends Error {
  constructor(status, code) {
    super(code)
    this.status = status
  }
}

export function guest() {
  const id = `p_${randomBytes(13).toString("hex")}`
  const options = { algorithm: "HS256", issuer: PARTY, audience: PARTY, subject: id, expiresIn: 900 }
  return { data: { player: { id }, accessToken: jwt.sign({ roles: ["player"] }, ACCESS, options) } }
}

// The bearer token of a request, which is still to be checked.
export function bearer(request) {
  const [scheme, token] = (request.headers.authorization ?? "").split(" ")
  if (scheme !== "Bearer" || !token) throw new Refusal(401, "unauthenticated")
  return token
}

export function issueToken(player, body) {
  if (body?.actionType !== ACTION.name) throw new Refusal(404, "unknown_action_type")
  const ticket = { id: randomBytes(16).toString("hex"), player, issuedAt: Date.now() }
  const actionToken = seal(ticket)
  return {
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
  }
}

// The ticket of a completion that may count.
export function checkCompletion(player, body) {
  const { actionToken, proof } = body ?? {}
  const ticket = typeof actionToken === "string" ? open(actionToken) : null
  if (ticket === null || ticket.player !== player) throw new Refusal(400, "invalid_action_token")
  const took = Date.now() - ticket.issuedAt
  if (took >= ACTION.lifeMs) throw new Refusal(400, "action_token_expired")
  if (took < ACTION.minMs) throw new Refusal(400, "completed_too_fast")
  const claim = checksum(null, proof?.result ?? "")
  if (proof?.checksum !== claim) throw new Refusal(400, "invalid_proof")
  if (!isSolved(nonce(actionToken), claim, String(proof.solution), ACTION.difficulty)) {
    throw new Refusal(400, "invalid_proof")
  }
  return ticket
}

export function receipt(ticket, newScore, rank) {
  return { data: { actionId: ticket.id, actionType: ACTION.name, increment: POINTS, newScore, rank } }
}
