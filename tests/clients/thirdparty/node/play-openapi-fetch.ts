// Plays a round by the types of openapi-typescript. Prints the results as JSON.

import createClient from "openapi-fetch"

import type { components, paths } from "./schema"
import { prove } from "./work"

const [baseUrl = "", board = "", actionType = ""] = process.argv.slice(2)

async function main() {
  const open = createClient<paths>({ baseUrl })
  const guest = await open.POST("/v1/auth/guest", { body: { displayName: "Ada" } })
  if (!guest.data) throw new Error(guest.error.detail)
  const signedIn = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${guest.data.data.accessToken}` } })
  const requested = await signedIn.POST("/v1/actions/request", { body: { actionType } })
  if (!requested.data) throw new Error(requested.error.detail)
  const { actionToken, challenge } = requested.data.data
  const proof: components["schemas"]["Proof"] = prove(challenge, 7)
  const done = await signedIn.POST("/v1/actions/complete", { body: { actionToken, proof } })
  if (!done.data) throw new Error(done.error.detail)
  const list = await open.GET("/v1/boards/{board}/entries", { params: { path: { board }, query: { limit: 10 } } })
  if (!list.data) throw new Error(list.error.detail)
  const entries = list.data.data.entries.filter((entry) => entry.player.id === guest.data.data.player.id)
  const missing = await open.GET("/v1/boards/{board}", { params: { path: { board: "none" } } })
  const code = missing.error?.code
  console.log(JSON.stringify({ score: done.data.data.newScore, entries: entries.map(({ score }) => score), code }))
}

// This must not type-check.
export const wrong: components["schemas"]["Batch"] = {
  // @ts-expect-error: a mistyped field of an entry is noticed
  entries: [{ playr: "x", score: 1 }],
}

void main()
