// page-feed.js: the feed of a web page. It uses the connection that all tabs share, if the browser supports that, and
// closes it while the page is hidden.

import { rememberCarrier, rememberedCarrier } from "./carrier-memory.js"
import { PortFeed } from "./port-feed.js"
import { sharedPort } from "./shared-port.js"
import { initialStatus } from "./status.js"

const HIDDEN_MS = 60_000 // a page that is hidden for less time keeps its stream
const RETRY_MS = 3000

const browser = {
  page: globalThis.document,
  view: globalThis, // it has the events "online", "pagehide" and "pageshow"
  sharedPort,
  shared: (...args) => new PortFeed(...args),
  // Imported when it is needed: most pages use the shared worker, which has its own.
  own: async (...args) => new (await import("./feed.js")).Feed(...args),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
}

export class PageFeed extends EventTarget {
  #base
  #options
  #platform
  #hiddenMs
  #feed = null
  #carrier = rememberedCarrier()
  #listening = null // the AbortController of the page's events, from start to stop
  #released = false // true while the stream is closed because the page is hidden
  #releaseTimer = null

  // `base` is the server's URL, or "" for the page's own server. A PageFeed has the events and the methods of a Feed.
  constructor(base, { hiddenMs = HIDDEN_MS, platform = browser, ...options }) {
    super()
    this.#base = base
    this.#options = { ...options, first: this.#carrier }
    this.#platform = platform
    this.#hiddenMs = hiddenMs
    const port = platform.sharedPort(() => this.#useOwnFeed())
    if (port) this.#feed = this.#listenTo(platform.shared(port, base, this.#options))
    else this.#load(options.since)
  }

  get status() {
    return this.#feed?.status ?? initialStatus()
  }

  start() {
    if (this.#listening) return
    this.#listening = new AbortController()
    this.#listenToPage(this.#listening.signal)
    this.#resume()
    if (this.#platform.page?.hidden) this.#onVisibilityChange() // the page was opened in a background tab
  }

  stop() {
    this.#listening?.abort()
    this.#listening = null
    this.#platform.cancel(this.#releaseTimer)
    this.#feed?.stop()
  }

  resync() {
    this.#feed?.resync()
  }

  check() {
    this.#feed?.check()
  }

  #listenToPage(signal) {
    const { page, view } = this.#platform
    const on = (target, type, run) => target?.addEventListener?.(type, run, { signal })
    on(page, "visibilitychange", () => this.#onVisibilityChange())
    on(view, "online", () => this.#feed?.check())
    // Browsers don't keep a page with an open stream in the back/forward cache.
    on(view, "pagehide", () => this.#release())
    on(view, "pageshow", () => this.#resume())
  }

  #onVisibilityChange() {
    const { page, later, cancel } = this.#platform
    cancel(this.#releaseTimer)
    if (page.hidden) {
      if (this.#hiddenMs !== Infinity) this.#releaseTimer = later(() => this.#release(), this.#hiddenMs)
    } else {
      this.#resume()
      this.#feed?.check()
    }
  }

  #release() {
    this.#released = true
    this.#feed?.stop()
  }

  #resume() {
    this.#released = false
    this.#feed?.start()
  }

  // The shared worker does not answer. Continue with a connection of this page's own.
  #useOwnFeed() {
    const shared = this.#feed
    if (!shared?.status.shared) return
    this.#feed = null
    shared.stop()
    this.#load(shared.cursor)
  }

  async #load(since) {
    try {
      const feed = await this.#platform.own(this.#base, { ...this.#options, since })
      this.#feed = this.#listenTo(feed)
      if (this.#listening && !this.#released) feed.start()
    } catch {
      this.#platform.later(() => this.#load(since), RETRY_MS)
    }
  }

  #listenTo(feed) {
    feed.addEventListener("frame", ({ detail }) => this.dispatchEvent(new CustomEvent("frame", { detail })))
    feed.addEventListener("lost", () => this.#useOwnFeed())
    feed.addEventListener("status", () => this.#onStatus(feed))
    return feed
  }

  #onStatus(feed) {
    if (feed !== this.#feed) return
    const { phase, carrier } = feed.status
    if (phase === "open" && carrier !== this.#carrier) rememberCarrier((this.#carrier = carrier))
    this.dispatchEvent(new Event("status"))
  }
}
