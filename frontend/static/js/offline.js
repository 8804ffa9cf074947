// offline.js: lists the pages that the service worker kept, says how many rounds wait to be sent, and reloads the page
// when the server answers.

import { ago, t, time } from "./messages.js"
import { pending } from "../../sdk/actions/queue.js"
import { StoredActions } from "../../sdk/actions/stored-actions.js"

const TRY_MS = 10_000
const SEND_MS = 5000 // for sending rounds, before the page is left

const list = document.querySelector(".kept-boards")
const heading = document.querySelector("#kept-heading")
const scope = new URL("./", new URL(document.body.dataset.worker ?? "./", location)).pathname

function showWaiting() {
  const n = waiting()
  const note = document.querySelector("#rounds-waiting")
  note.hidden = n === 0
  note.textContent = n ? t("offline.waiting", { n }) : ""
}

function waiting() {
  return new StoredActions().all().filter(pending).length
}

async function showKept() {
  if (!globalThis.caches) return // as over plain http
  const boards = await caches.open(`scoreboard boards ${scope}`)
  const requests = await boards.keys()
  const items = await Promise.all(requests.map(async ({ url }) => itemOf(url, await (await boards.match(url, { ignoreVary: true })).text())))
  list.replaceChildren(...items.reverse())
  heading.textContent = t(items.length > 0 ? "offline.kept" : "offline.none")
}

function itemOf(url, text) {
  const kept = new DOMParser().parseFromString(text, "text/html")
  const at = Number(kept.documentElement.dataset.keptAt)
  const link = document.createElement("a")
  link.href = url
  link.dir = "auto"
  link.textContent = kept.title
  const age = document.createElement("span")
  age.className = "quiet"
  age.textContent = t("offline.asOf", { time: time(at, { timeStyle: "short" }), ago: ago(Date.now() - at) })
  const item = document.createElement("li")
  item.append(link, " ", age)
  return item
}

// This page is shown at the address of another one: reloading it loads that page.
async function tryAgain() {
  const answer = await fetch(document.body.dataset.health, { cache: "no-store" }).catch(() => null)
  if (!answer?.ok) return
  if (waiting()) await sendRounds().catch(() => {})
  if (!location.pathname.endsWith("/offline")) location.reload()
}

// The queue sends them; this only waits.
async function sendRounds() {
  const { Scoreboard } = await import("../../sdk/scoreboard.js")
  const { queue } = await new Scoreboard().player()
  await new Promise((resolve) => {
    setTimeout(resolve, SEND_MS)
    queue.addEventListener("change", () => queue.waiting.length || resolve())
  })
  showWaiting()
}

showKept()
showWaiting()
addEventListener("storage", showWaiting) // a round was played or sent in another tab
addEventListener("online", tryAgain)
setInterval(tryAgain, TRY_MS)
