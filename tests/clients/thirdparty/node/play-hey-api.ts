// Plays a round by the client of @hey-api/openapi-ts, and follows the board. Prints the results as JSON.

import { completeAction, createGuest, listEntries, requestAction, showBoard, stream } from "./hey"
import { client } from "./hey/client.gen"
import { prove } from "./work"

const [baseUrl = "", board = "", actionType = ""] = process.argv.slice(2)

async function main() {
  client.setConfig({ baseUrl })
  const guest = await createGuest({ body: { displayName: "Bob" }, throwOnError: true })
  const session = guest.data.data
  client.setConfig({ auth: session.accessToken })
  const requested = await requestAction({ body: { actionType }, throwOnError: true })
  const { actionToken, challenge } = requested.data.data
  const done = await completeAction({ body: { actionToken, proof: prove(challenge, 7) }, throwOnError: true })
  const list = await listEntries({ path: { board }, throwOnError: true })
  const entries = list.data.data.entries.filter((entry) => entry.player.id === session.player.id)
  const missing = await showBoard({ path: { board: "none" } })
  const code: string | undefined = missing.error?.code
  const frames = await firstFrames(board)
  console.log(
    JSON.stringify({ score: done.data.data.newScore, entries: entries.map(({ score }) => score), code, frames }),
  )
}

async function firstFrames(boards: string) {
  const aborter = new AbortController()
  const { stream: frames } = await stream({ query: { boards }, signal: aborter.signal, sseMaxRetryAttempts: 1 })
  const types: string[] = []
  for await (const frame of frames) {
    types.push(frame.t)
    if (frame.t === "snapshot") break
  }
  aborter.abort()
  return types
}

void main().then(() => process.exit())
