// panel.js: a live leaderboard. Drawing and controls are loaded when they are needed: most pages are opened, read,
// and closed.

import { badgeOf, showBadge } from "./badge.js"
import { Lazy } from "./lazy.js"
import { ConnectionAnnouncer } from "./connection-announcer.js"

const STILL = matchMedia("(prefers-reduced-motion: reduce)")

export class Panel {
  state = "static"
  #given
  #settings
  #drawing = new Lazy(async () => new (await import("./drawing.js")).Drawing(this.#given))
  #controls = new Lazy(async () => new (await import("./controls.js")).Controls(this.#given, this.#settings))
  #connectionAnnouncer = new ConnectionAnnouncer()
  #frame = 0
  #timer = null
  #asked = false
  #calm = false
  #left = []

  // `given` is { root, watch, where, size, format, custom, announceMs, speak, tell, pause, toggleCompact }.
  constructor(given, settings) {
    const whole = given.watch.board.s !== null // otherwise the first HTML has only some of the rows
    this.#given = { ...given, first: whole ? given.watch.rows : [], since: Date.now() }
    this.#settings = settings
    this.#listen()
    this.#oneTabStop()
    if (given.custom || settings.me) this.#soon({ asked: true, calm: true })
    if (settings.busy) this.#controls.with((controls) => controls.choose(settings.view))
  }

  set(settings) {
    this.#settings = settings
    this.#controls.with((controls) => controls.set(settings))
  }

  turn(page) {
    this.#controls.with((controls) => controls.choose("top", page))
  }

  scrollToMe() {
    this.#controls.with((controls) => controls.scrollToMe())
  }

  pause(paused) {
    const { watch } = this.#given
    if (paused) watch.hold.hold("pause")
    else watch.release("pause")
    this.#controls.with((controls) => controls.show())
    this.#showConnection()
  }

  close() {
    cancelAnimationFrame(this.#frame)
    clearTimeout(this.#timer)
    for (const leave of this.#left) leave()
    this.#controls.value?.close()
    this.#given.watch.stop()
  }

  #listen() {
    const { root, watch } = this.#given
    this.#on(watch, "rows", ({ detail }) => this.#soon({ asked: detail === "asked" }))
    this.#on(watch, "chosen", () => this.#soon({ asked: true, calm: true }))
    this.#on(watch, "status", () => this.#showConnection())
    this.#on(window, "online", () => watch.check())
    this.#on(document, "visibilitychange", () => document.hidden || watch.check())
    for (const type of ["pointerover", "focusin"]) this.#on(root, type, () => this.#controls.with())
    for (const type of ["click", "input"]) {
      // Read the target now: later, outside of the shadow root, an event no longer has it, and it is too late to
      // prevent the browser from following a link.
      this.#on(root, type, (event) => {
        const { target } = event
        if (target.closest("[data-turn]") && !(event.ctrlKey || event.metaKey || event.shiftKey)) event.preventDefault()
        this.#controls.with((controls) => controls[type](event, target))
      })
    }
    const clock = setInterval(() => this.#showConnection(), 1000)
    this.#left.push(() => clearInterval(clock))
  }

  // The rows are one stop of the Tab key: a star. Without scripts each name and link is one, and without stars each name
  // until the controls are loaded.
  #oneTabStop() {
    const { root } = this.#given
    const links = root.querySelector(".no-star") ? ".link" : ".profile, .link"
    for (const link of root.querySelectorAll(links)) link.tabIndex = -1
  }

  #on(target, type, run) {
    target.addEventListener(type, run)
    this.#left.push(() => target.removeEventListener(type, run))
  }

  // Draw at most once for each frame of the screen, and not while the page is hidden. If rows changed places within the
  // last second, others do so later, unless somebody reads them by then, or `asked` for them.
  #soon({ asked, calm = false }) {
    this.#asked ||= asked
    this.#calm ||= calm
    clearTimeout(this.#timer)
    const wait = this.#wait()
    if (wait) this.#timer = setTimeout(() => this.#given.watch.news(), wait)
    else this.#drawing.with((drawing) => (this.#frame ||= requestAnimationFrame(() => this.#draw(drawing))))
  }

  #wait() {
    return this.#asked ? 0 : (this.#drawing.value?.wait() ?? 0)
  }

  #draw(drawing) {
    this.#frame = 0
    if (this.#wait()) return // another order came after this frame of the screen was requested
    const { me, podium } = this.#settings
    const controls = this.#controls.value
    drawing.draw({
      me,
      podium,
      still: STILL.matches || this.#settings.still,
      calm: this.#calm,
      also: (row, now) => controls?.fill(row, now),
    })
    this.#asked = this.#calm = false
    controls?.show()
  }

  #showConnection() {
    const { root, watch, speak, tell } = this.#given
    if (!watch.status) return
    const now = Date.now()
    const { everySeconds } = watch.choice.list ?? {}
    const shown = badgeOf(watch.status, { paused: watch.hold.paused, now, everySeconds })
    showBadge(root.querySelector(".badge"), shown)
    const news = this.#connectionAnnouncer.news(shown.state, now)
    if (news && this.#drawing.value) this.#drawing.value.say("connection", news)
    else if (news) speak(news)
    if (shown.state === this.state) return
    this.state = shown.state
    root.querySelector(".lb").dataset.connection = shown.state
    tell("lb-state", { state: shown.state, carrier: watch.status.carrier ?? null })
  }
}
