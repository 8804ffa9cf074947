// tv.js: a big screen without input. It turns the pages, shows the time, keeps the screen awake, moves a little so
// that nothing burns in, and reloads once a day.

import { t, time } from "../messages.js"
import { define } from "./element.js"
import { countDown } from "../period-end.js"
import { showPeriod } from "./period-name.js"
import { pageAfter, shiftAt } from "./paging.js"

const PAGE_MS = 10_000
const IDLE_MS = 3000
const SHIFT_MS = 60_000
const DAY_MS = 24 * 3600 * 1000
const MAX_PAGES = 5 // later pages would be seen too seldom

const board = document.querySelector("live-leaderboard")
const screen = document.querySelector(".screen")
const began = Date.now()

define(document.baseURI)
showTime()
showPage()
stayAwake()
hideCursor()
for (const ends of document.querySelectorAll("#ends")) countDown(ends, board)
setInterval(showTime, 1000)
setInterval(turn, PAGE_MS)
setInterval(shift, SHIFT_MS)
board.addEventListener("lb-update", showPage)
board.addEventListener("lb-update", ({ detail }) => showPeriod(document.getElementById("period"), detail.period))
document.addEventListener("visibilitychange", stayAwake)

function turn() {
  // Reload only while the server answers: an old page is better than none.
  if (Date.now() - began > DAY_MS && ["live", "polling"].includes(board.state)) return location.reload()
  const next = pageAfter(board.page, pages())
  if (next !== board.page) board.page = next
}

function showPage() {
  const which = document.querySelector(".which")
  which.textContent = pages() > 1 ? ` · ${t("board.turned", { page: board.page + 1, pages: pages() })}` : ""
}

function pages() {
  return Math.min(MAX_PAGES, board.pages)
}

function showTime() {
  const clock = document.querySelector(".clock")
  clock.textContent = time(Date.now(), { hour: "2-digit", minute: "2-digit" })
}

// Browsers allow it over https only, and only while the page is visible.
async function stayAwake() {
  if (document.hidden) return
  await navigator.wakeLock?.request("screen").catch(() => null)
}

function hideCursor() {
  const { classList } = document.documentElement
  let idle = null
  const wake = () => {
    classList.remove("idle")
    clearTimeout(idle)
    idle = setTimeout(() => classList.add("idle"), IDLE_MS)
  }
  addEventListener("pointermove", wake)
  wake()
}

function shift() {
  const [x, y] = shiftAt(Math.floor((Date.now() - began) / SHIFT_MS))
  screen.style.transform = `translate(${x}px, ${y}px)`
}
