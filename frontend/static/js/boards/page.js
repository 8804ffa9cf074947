// page.js: the script of the list of boards. It loads the list again every ten seconds, and counts down to the ends of
// periods. What the list shows comes from the server's HTML.

import { showCountdowns } from "../countdown.js"
import { freshen } from "./freshen.js"

const AGAIN_MS = 10_000
const TICK_MS = 1000

showCountdowns(document)
setInterval(() => showCountdowns(document), TICK_MS)
setInterval(again, AGAIN_MS)
document.addEventListener("visibilitychange", again)

async function again() {
  if (document.hidden) return
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-cache" }).catch(() => null)
  if (!answer?.ok) return // the next time may go better
  const list = document.getElementById("boards")
  const now = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("boards")
  if (!list || !now) return
  showCountdowns(now)
  freshen(list, now)
  document.documentElement.dataset.connection = "live"
}
