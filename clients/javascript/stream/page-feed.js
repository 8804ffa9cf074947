// page-feed.js: a feed for a page: over the connection that all tabs share, where that can be had, and let
// go while nobody looks.

import { rememberCarrier, rememberedCarrier } from "./carrier-memory.js"
import { PortFeed } from "./port-feed.js"
import { sharedPort } from "./shared-port.js"
import { unheard } from "./status.js"

const HIDDEN_MS = 60_000 // who looks elsewhere for a moment keeps his stream
const AGAIN_MS = 3000

const browser = {
  page: globalThis.document,
  view: globalThis, // which tells of the network, and of pages that are put away
  sharedPort,
  shared: (...asked) => new PortFeed(...asked),
  own: async (...asked) => new (await import("./feed.js")).Feed(...asked), // the worker has it, few pages need it
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
}

export class PageFeed extends EventTarget {
  #base
  #options
  #world
  #hiddenMs
  #feed = null
  #carrier = rememberedCarrier()
  #following = null // until it is stopped
  #away = false // nobody looks
  #lettingGo = null

  // `base` is where the server is: "" for the page's own. It has the events and the methods of a Feed.
  constructor(base, { hiddenMs = HIDDEN_MS, world = browser, ...options }) {
    super()
    this.#base = base
    this.#options = { ...options, first: this.#carrier }
    this.#world = world
    this.#hiddenMs = hiddenMs
    const port = world.sharedPort(() => this.#alone())
    if (port) this.#feed = this.#heard(world.shared(port, base, this.#options))
    else this.#load(options.since)
  }

  get status() {
    return this.#feed?.status ?? unheard()
  }

  start() {
    if (this.#following) return
    this.#following = new AbortController()
    this.#attend(this.#following.signal)
    this.#goOn()
    if (this.#world.page?.hidden) this.#looked() // it was opened in a tab behind this one
  }

  stop() {
    this.#following?.abort()
    this.#following = null
    this.#world.cancel(this.#lettingGo)
    this.#feed?.stop()
  }

  resync() {
    this.#feed?.resync()
  }

  check() {
    this.#feed?.check()
  }

  #attend(signal) {
    const { page, view } = this.#world
    const on = (target, type, run) => target?.addEventListener?.(type, run, { signal })
    on(page, "visibilitychange", () => this.#looked())
    on(view, "online", () => this.#feed?.check())
    on(view, "pagehide", () => this.#letGo()) // a page with an open stream can't be kept for "back"
    on(view, "pageshow", () => this.#goOn())
  }

  #looked() {
    const { page, later, cancel } = this.#world
    cancel(this.#lettingGo)
    if (page.hidden) {
      if (this.#hiddenMs !== Infinity) this.#lettingGo = later(() => this.#letGo(), this.#hiddenMs)
    } else {
      this.#goOn()
      this.#feed?.check()
    }
  }

  #letGo() {
    this.#away = true
    this.#feed?.stop()
  }

  #goOn() {
    this.#away = false
    this.#feed?.start()
  }

  // Nobody answers for all tabs: this one goes on by itself.
  #alone() {
    const shared = this.#feed
    if (!shared?.status.shared) return
    this.#feed = null
    shared.stop()
    this.#load(shared.cursor)
  }

  async #load(since) {
    try {
      const feed = await this.#world.own(this.#base, { ...this.#options, since })
      this.#feed = this.#heard(feed)
      if (this.#following && !this.#away) feed.start()
    } catch {
      this.#world.later(() => this.#load(since), AGAIN_MS)
    }
  }

  #heard(feed) {
    feed.addEventListener("frame", ({ detail }) => this.dispatchEvent(new CustomEvent("frame", { detail })))
    feed.addEventListener("lost", () => this.#alone())
    feed.addEventListener("status", () => this.#told(feed))
    return feed
  }

  #told(feed) {
    if (feed !== this.#feed) return
    const { phase, carrier } = feed.status
    if (phase === "open" && carrier !== this.#carrier) rememberCarrier((this.#carrier = carrier))
    this.dispatchEvent(new Event("status"))
  }
}
