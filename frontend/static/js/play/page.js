// page.js: the script of the play page.

import { Stock } from "../../../sdk/actions/stock.js"
import { StoredStock } from "../../../sdk/actions/stored-stock.js"
import { Scoreboard } from "../../../sdk/scoreboard.js"
import { badgeOf, showBadge } from "../board/badge.js"
import { t } from "../messages.js"
import { Game } from "./game.js"
import { Lights, lightsRoundFor } from "./lights.js"
import { PlayButton } from "./play-button.js"
import { Rounds } from "./rounds.js"
import { refusalText } from "./round-texts.js"
import { showName } from "./player-name.js"
import { MyStanding } from "./my-standing.js"
import { renderTop } from "./top.js"
import { QueueBanner } from "./queue-banner.js"

const LABELS = { tapping: "play.catch" }

const find = (selector) => document.querySelector(selector)
const { base, action: type, board: id, operator, order, sign, decimals, unit } = find("#play").dataset
const board = { id, sign, decimals: Number(decimals), unit }

const scoreboard = new Scoreboard({ url: base })
const player = await scoreboard.player().catch((problem) => {
  find("#said").textContent = t("play.failed")
  throw problem
})
const stock = new Stock({ actions: player, stored: new StoredStock({ player }) })
const game = new Game({ type, board, actions: stock, rounds: lightsRoundFor, ahead: true })
const button = new PlayButton(find(".play"), game, { labels: LABELS, taps: false })
const mine = player.optimistic(id, { types: [type], operator, order })
const standing = new MyStanding(find(".standing"), board)
const rounds = new Rounds(find("#rounds"), board)
new Lights(find(".lights"), game)
new QueueBanner(find("#waiting"), player.queue)
find("#player-name button").addEventListener("click", async () => {
  const { chooseName } = await import("../account/name-dialog.js")
  await chooseName(player)
})
find(".play button").addEventListener("click", () => button.press())
find(".lights").addEventListener("over", () => find(".play button").focus())
mine.addEventListener("change", () => show(live))
mine.addEventListener("rollback", ({ detail }) => takenBack(detail))
player.queue.addEventListener("change", () => queued())
let live = watched()
setInterval(() => showConnection(live), 1000)
queued()
addEventListener("scoreboard.session", () => showName(find("#player-name"), player))
find(".play").classList.add("ready")

function watched() {
  const me = player.id !== null
  const opened = scoreboard.watch(id, { me }, (now) => {
    if (now.me) mine.see(now.me)
    show(now)
    showConnection(now)
  })
  return Object.assign(opened, { known: me })
}

// After the first round the visitor has an id, and the stream can tell their standing.
function queued() {
  if (player.id !== null && !live.known) {
    live.stop()
    live = watched()
  }
  rounds.render(player.queue.items)
  showName(find("#player-name"), player)
}

function show({ board: shown, entries, me }) {
  if (shown.s !== null) renderTop(find("#top"), entries, board.decimals, player.id)
  standing.render(mine.state, me?.tot ?? shown.total)
}

function takenBack({ refusal }) {
  if (refusal.code === "overlapping_action") stock.stop()
  standing.shake()
  find("#said").textContent = refusalText(refusal)
}

function showConnection({ status }) {
  const badge = badgeOf(status, { paused: false, now: Date.now() })
  showBadge(find("#badge"), badge)
  document.documentElement.dataset.connection = badge.state
}
