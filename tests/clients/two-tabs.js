// A guest gets a password in one tab while another one of the same browser watches and plays. Prints the
// results as JSON.

import { Scoreboard } from "../../clients/javascript/scoreboard.js"
import { Storage } from "../frontend/fakes.js"

const [url, board, type, username, password] = process.argv.slice(2)
const storage = new Storage()
const [one, other] = [1, 2].map(() => new Scoreboard({ url, storage }))
const [player, mine] = [await one.player(), await other.player()]

await player.play(type, { points: 3 })
const action = await mine.request(type)
let onScore = () => {}
const live = other.watch(board, { me: true }, ({ me }) => me && onScore(me.score))
const score = (wanted) => new Promise((resolve) => (onScore = (found) => found === wanted && resolve(found)))
await score(3)

const before = JSON.parse(storage.getItem(storage.key(0)))
const upgraded = await player.upgrade(username, password)
const receipt = await action.complete({ points: 4 })
const seen = await score(7)
live.stop()

const third = await new Scoreboard({ url, storage: new Storage() }).player()
await third.signIn(username, password)
const renamed = await mine.rename(before.player, "Ada").catch(({ code }) => code)
const listed = await mine.sessions()
await mine.changePassword(password, `${password} 2`)
const thrown = await third.sessions().catch(({ status }) => status)

console.log(
  JSON.stringify({
    guest: before.player,
    upgraded,
    renamed,
    score: receipt.newScore,
    seen,
    playerId: other.playerId,
    listed: listed.map(({ current }) => current),
    left: (await player.sessions()).length,
    thrown,
    phase: live.status.phase,
  }),
)
process.exit(0)
