// Watches a board, reads it and plays on it, as a program in Node.js does. Prints the results as JSON.

import { Refusal, Scoreboard } from "../../clients/javascript/scoreboard.js"

const [url, board, type] = process.argv.slice(2)
const scoreboard = new Scoreboard({ url, storage: null })

const shown = new Promise((resolve) => {
  scoreboard.watch(board, {}, (live) => {
    if (live.entries.length < 2) return
    live.stop()
    resolve({ entries: live.entries, carrier: live.status.carrier })
  })
})
const receipt = await scoreboard.play(type, { points: 7 })
const player = await scoreboard.player()
const mine = player.optimistic(board)
const stands = new Promise((resolve) => {
  const live = scoreboard.watch(board, { me: true }, () => {
    if (!live.me) return
    live.stop()
    mine.see(live.me)
    resolve({ me: live.me, shown: mine.state.shown })
  })
})

console.log(
  JSON.stringify({
    player: scoreboard.playerId,
    receipt,
    queue: player.queue.items.map(({ state }) => state),
    live: await shown,
    stands: await stands,
    read: await scoreboard.read(board, { limit: 1 }),
    around: await scoreboard.read(board, { around: scoreboard.playerId, radius: 0 }),
    profile: await scoreboard.profile("ada"),
    unlisted: await scoreboard.profile("nobody").catch(({ status, code }) => [status, code]),
    exported: await (await scoreboard.export(board, { format: "jsonl" })).text(),
    unexported: await scoreboard.export("no-such-board").catch(({ status, code }) => [status, code]),
    refused: await scoreboard.play("no-such-type").catch((error) => error instanceof Refusal && error.code),
    gone: await scoreboard.read("no-such-board").catch(({ status, code }) => [status, code]),
  }),
)
