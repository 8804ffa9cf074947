// main.js: the script of a board's web page. Most of the work is done by the element `live-leaderboard`.

import { define } from "./board/element.js"
import { t } from "./messages.js"
import { StoredSession } from "../../sdk/actions/stored-session.js"

const stored = new StoredSession()
const board = document.querySelector("live-leaderboard")

followMe()
define(document.baseURI)
board?.addEventListener("lb-update", ({ detail }) => showFacts(detail))
board?.addEventListener("lb-update", offerCopies)
board?.addEventListener("lb-update", offerName)
board?.addEventListener("lb-state", ({ detail }) => (document.documentElement.dataset.connection = detail.state))
stored.addEventListener("change", followMe)
addEventListener("storage", followMe) // the player signed in or played in another tab
offerPlay(document.querySelector(".play"))
offerCopies()
document.querySelector(".share")?.addEventListener("click", async ({ currentTarget: button }) => {
  const { share } = await import("./board/share.js")
  await share(button)
})

// The row to mark: the player of `?me=`, otherwise this browser's player.
function followMe() {
  const me = new URLSearchParams(location.search).get("me") ?? stored.read()?.player
  if (me && board?.getAttribute("me") !== me) board.setAttribute("me", me)
}

// Add copy buttons to the fields of an empty board. The module is loaded only if there are such fields.
async function offerCopies() {
  const fields = document.querySelectorAll(".empty:not([hidden]) .copy-field:not(.offered)")
  for (const field of fields) {
    field.classList.add("offered")
    const { copyable } = await import("./copy-field.js")
    copyable(field)
  }
}

async function showFacts({ total, period }) {
  document.getElementById("players").textContent = t("board.players", { n: total })
  const name = document.getElementById("period")
  if (name.dataset.period === period) return
  const { showPeriod } = await import("./board/period-name.js")
  showPeriod(name, period)
}

// A guest may choose a name in their row. The module is loaded only if there is such a row.
async function offerName() {
  if (stored.read()?.named !== undefined || !board.querySelector("tr.own")) return
  const { offerName } = await import("./account/name-offer.js")
  offerName(board, stored)
}

async function offerPlay(section) {
  if (!section) return
  const { offer } = await import("./play/offer.js")
  offer(section, stored)
}
