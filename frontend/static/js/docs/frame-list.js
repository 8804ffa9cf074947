// frame-list.js: the received frames, newest first, with a filter for each type. Names in frames come from strangers:
// they are inserted as text, never as markup.

import { number, t, time } from "../messages.js"

const MAX_FRAMES = 300 // a busy board sends four a second
const TYPES = ["hello", "snapshot", "delta", "hb", "me", "tell", "reset", "notice", "bye", "other"]

export class FrameList extends EventTarget {
  #list
  #filters
  #waiting = []
  #hidden = new Set()
  #counts = new Map()
  #paused = false

  constructor(list, filters) {
    super()
    this.#list = list
    this.#filters = filters
    filters.append(...TYPES.map((type) => this.#filter(type)))
  }

  get held() {
    return this.#list.childElementCount
  }

  get waiting() {
    return this.#waiting.length
  }

  get shown() {
    return [...this.#list.children].filter((item) => !item.hidden).length
  }

  get paused() {
    return this.#paused
  }

  set paused(paused) {
    this.#paused = paused
    if (!paused) this.#show(this.#waiting.splice(0))
    this.#dispatchChange()
  }

  add(event) {
    const received = { event, type: typeOf(event), at: Date.now() }
    this.#counts.set(received.type, (this.#counts.get(received.type) ?? 0) + 1)
    this.#count(received.type)
    if (this.#paused) this.#waiting = [...this.#waiting, received].slice(-MAX_FRAMES)
    else this.#show([received])
    this.#dispatchChange()
  }

  clear() {
    this.#list.replaceChildren()
    this.#waiting = []
    this.#counts.clear()
    TYPES.forEach((type) => this.#count(type))
    this.#dispatchChange()
  }

  #show(frames) {
    for (const one of frames) {
      const item = itemOf(one)
      item.hidden = this.#hidden.has(one.type)
      this.#list.prepend(item)
    }
    while (this.#list.childElementCount > MAX_FRAMES) this.#list.lastElementChild.remove()
  }

  #filter(type) {
    const box = element("input")
    Object.assign(box, { type: "checkbox", checked: true, name: type })
    box.addEventListener("change", () => this.#filterBy(type, box.checked))
    const label = element("label", "", box, element("code", "", type), element("span", "count", number(0)))
    label.title = t(`frame.${type}`)
    return label
  }

  #filterBy(type, wanted) {
    if (wanted) this.#hidden.delete(type)
    else this.#hidden.add(type)
    for (const item of this.#list.children) item.hidden = this.#hidden.has(item.dataset.type)
    this.#dispatchChange()
  }

  #count(type) {
    const label = this.#filters.querySelector(`[name="${type}"]`).parentElement
    label.querySelector(".count").textContent = number(this.#counts.get(type) ?? 0)
  }

  #dispatchChange() {
    this.dispatchEvent(new Event("change"))
  }
}

function typeOf(event) {
  return TYPES.includes(event.type) ? event.type : "other"
}

function itemOf({ event, type, at }) {
  const bytes = new TextEncoder().encode(event.text).length
  const summary = element(
    "summary",
    "",
    element("time", "", time(at)),
    element("code", "type", type),
    element("code", "id", event.id ?? ""),
    element("bdi", "size", t("events.bytes", { n: bytes })),
    element("span", "about", aboutOf(event)),
  )
  const details = element("details", "", summary)
  // A frame may have hundreds of rows: its body is written only when it is unfolded.
  details.addEventListener("toggle", () => details.append(bodyOf(event)), { once: true })
  const item = element("li", "", details)
  item.dataset.type = type
  return item
}

function bodyOf({ data, text }) {
  const code = element("code", "", data === null ? text : JSON.stringify(data, null, 2))
  const pre = element("pre", "", code)
  pre.tabIndex = 0
  return pre
}

// The summary of a frame.
function aboutOf({ data, comment, retryMs }) {
  const retry = retryMs !== null && `retry ${retryMs} ms`
  if (data === null) return [retry, comment].filter(Boolean).join(" · ")
  const { b, s, p, kind, why, resume, up, rm, top } = data
  const facts = [
    typeof b === "string" && b,
    s !== undefined && `s ${s}`,
    p !== undefined && `p ${p}`,
    top && `top ${top.length}`,
    up && `up ${up.length}`,
    rm && `rm ${rm.length}`,
    kind,
    why,
    resume && `resume ${resume}`,
    retry,
  ]
  return facts.filter(Boolean).join(" · ")
}

function element(name, className = "", ...content) {
  const node = document.createElement(name)
  if (className) node.className = className
  node.append(...content)
  return node
}
