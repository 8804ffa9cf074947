// Reading a board of a server that refuses some calls.

import assert from "node:assert/strict"
import { createServer } from "node:http"
import { test } from "node:test"

import { Scoreboard } from "../../clients/javascript/scoreboard.js"

// A client of a server with prepared answers.
async function clientOf(context, ...answers) {
  const paths = []
  const server = createServer((request, response) => {
    paths.push(request.url)
    const [status, body] = answers.shift()
    if (status === 0) return request.socket.destroy()
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body))
  })
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve))
  context.after(() => server.close())
  return { scoreboard: new Scoreboard({ url: `http://127.0.0.1:${server.address().port}`, storage: null }), paths }
}

test("a temporary refusal is retried", async (context) => {
  const { scoreboard, paths } = await clientOf(context, [0], [503, { code: "busy" }], [200, { data: { total: 3 } }])

  assert.deepEqual(await scoreboard.read("main", { limit: 1 }), { total: 3 })
  assert.deepEqual(paths, Array(3).fill("/v1/boards/main/entries?limit=1"))
})

test("a permanent refusal is thrown at once", async (context) => {
  const { scoreboard, paths } = await clientOf(context, [404, { code: "board_not_found" }])

  await assert.rejects(scoreboard.read("none"), { status: 404, code: "board_not_found" })
  assert.equal(paths.length, 1)
})
