// events.js: the stream inspector: a stream, frame by frame.

import { copyable } from "../copy-field.js"
import { t } from "../messages.js"
import { FrameList } from "./frame-list.js"
import { RawStream } from "./raw-stream.js"

const STATES = {
  opening: { badge: "connecting", text: "events.opening" },
  open: { badge: "live", text: "events.open" },
  waiting: { badge: "reconnecting", text: "events.waiting" },
  refused: { badge: "offline", text: "events.refused" },
}

const root = document.getElementById("inspector")
const form = root.querySelector("form")
const find = (selector) => root.querySelector(selector)
const list = new FrameList(find(".frames"), find(".filters"))
let stream = null

function connect() {
  stream?.close()
  const { board, since } = form.elements
  stream = new RawStream(root.dataset.stream, { board: board.value, since: since.value.trim() })
  find(".address").textContent = `curl -N "${new URL(stream.address, location)}"`
  stream.addEventListener("event", ({ detail }) => list.add(detail))
  stream.addEventListener("change", showState)
  stream.open()
}

function showState() {
  const { badge, text } = STATES[stream.state]
  find(".badge").dataset.state = badge
  find(".badge .text").textContent = t(text)
}

list.addEventListener("change", () => {
  const { shown, held, waiting, paused } = list
  find(".none").hidden = shown > 0
  find(".held").textContent = paused ? t("events.waitingFrames", { n: waiting }) : t("events.held", { n: held })
  if (!form.elements.since.matches(":focus")) form.elements.since.placeholder = stream.cursor || t("events.beginning")
})

form.addEventListener("submit", (event) => {
  event.preventDefault()
  connect()
})
form.elements.board.addEventListener("change", () => {
  form.elements.since.value = ""
  list.clear()
  connect()
})
form.elements.pause.addEventListener("click", ({ currentTarget: button }) => {
  list.paused = !list.paused
  button.setAttribute("aria-pressed", String(list.paused))
  button.textContent = t(list.paused ? "events.resume" : "events.pause")
})
form.elements.clear.addEventListener("click", () => list.clear())

// Browsers don't keep a page with an open stream in the back/forward cache.
addEventListener("pagehide", () => stream.close())
addEventListener("pageshow", (event) => event.persisted && stream.open())

root.hidden = false
copyable(find(".copy-field"))
connect()
