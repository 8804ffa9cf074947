// feed.js: receives the frames of a stream, and reconnects after every interruption.
//
// Browsers' own reconnecting (of an EventSource) gives up for good after some answers, forgets the cursor, and never
// notices a dead connection. So each connection is opened once, and the Feed itself decides when to open the next one.
// If one carrier does not get through, it tries the next one.

import { pauseMs } from "../pause.js"
import { Ladder } from "./ladder.js"
import { carriers, Line } from "./line.js"
import { initialStatus } from "./status.js"

const HELLO_MS = 6000 // the time in which the first frame must come: some proxies buffer streams
const BEATS_MISSED = 2.5
const STEADY_MS = 10_000 // a stream that was open for longer resets the count of failures
const LONGEST_PAUSE_MS = 30_000
const SHORT_OUTAGE_MS = 60_000 // in a shorter outage pauses are shorter: people wait at the screen
const SHORT_OUTAGE_PAUSE_MS = 8000

const browser = {
  carriers,
  now: () => Date.now(), // unlike performance.now(), it advances while a laptop sleeps
  random: () => Math.random(),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
}

export class Feed extends EventTarget {
  #base
  #scope
  #ticket
  #cursor
  #platform
  #ladder
  #line = null
  #trial = null // a better carrier, opened beside the line
  #timer = null
  #climbing = null
  #openedAt = null
  #status = initialStatus()

  // `base` is the server's URL, or "" for the page's own server. `ticket` is called for a new ticket at each opening.
  constructor(base, { scope, since = "", ticket = null, carriers: some, first, platform = browser }) {
    super()
    this.#base = base
    this.#scope = scope
    this.#cursor = since
    this.#ticket = ticket
    this.#platform = platform
    this.#ladder = new Ladder(some, first)
  }

  get status() {
    return { ...this.#status }
  }

  // All frames up to this cursor were received.
  get cursor() {
    return this.#cursor
  }

  start() {
    if (this.#line || this.#status.phase === "ended") return
    this.#line = this.#opened(this.#ladder.carrier)
    this.#wait(HELLO_MS, () => this.#silent())
    this.#tell({ phase: "opening" })
  }

  stop() {
    this.#close()
    if (!["closed", "ended"].includes(this.#status.phase)) this.#tell({ phase: "closed" })
  }

  // Forget the cursor: without one, the next stream begins with a snapshot.
  resync() {
    this.#cursor = ""
    if (this.#line) this.#again()
  }

  // Called after the device slept, or when the network is back: timers did not run in that time.
  check() {
    const { phase, heardAt, heartbeatMs } = this.#status
    if (phase === "waiting") this.start()
    if (phase === "open" && this.#platform.now() - heardAt > BEATS_MISSED * heartbeatMs) this.#stalled()
  }

  #opened(carrier) {
    const line = new Line(carrier, {
      heard: (news) => this.#heard(line, news),
      frame: (frame) => this.#received(line, frame),
      failed: (why) => (line === this.#trial ? this.#stay() : this.#failed(why)),
    })
    line.open(this.#platform.carriers[carrier], this.#base, () => this.#query())
    return line
  }

  async #query() {
    const query = new URLSearchParams({ boards: this.#scope })
    if (this.#cursor) query.set("since", this.#cursor)
    if (this.#ticket) query.set("ticket", await this.#ticket())
    return query
  }

  #received(line, frame) {
    const ends = frame === null || frame.t === "bye"
    if (ends && line === this.#trial) return this.#stay()
    if (frame === null) return this.resync()
    if (frame.t === "bye") return this.#onBye(frame)

    const beatMs = frame.t === "hello" ? frame.hb * 1000 : this.#status.heartbeatMs
    const hasDegraded = frame.t === "hello" || frame.t === "hb" // the frames that carry the flag
    const degraded = hasDegraded ? frame.degraded === true : this.#status.degraded
    this.#heard(line, { beatMs, id: frame.id, degraded })
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }))
  }

  #heard(line, { beatMs, id, degraded = false }) {
    if (line === this.#trial) this.#climb()
    const now = this.#platform.now()
    if (this.#openedAt === null) this.#settle(now)
    if (id) this.#cursor = id
    this.#wait(BEATS_MISSED * beatMs, () => this.#stalled())
    this.#tell({ phase: "open", carrier: line.carrier, heardAt: now, heartbeatMs: beatMs, degraded })
  }

  #settle(now) {
    this.#openedAt = now
    const ms = this.#ladder.climbMs
    if (ms !== null) this.#climbing = this.#platform.later(() => this.#try(), ms)
  }

  // Try the best carrier beside the line, which stays open until the trial has got a frame.
  #try() {
    this.#trial = this.#opened(this.#ladder.best)
    this.#climbing = this.#platform.later(() => this.#stay(), HELLO_MS)
  }

  #climb() {
    const line = this.#trial
    this.#trial = null
    this.#close()
    this.#line = line
    this.#ladder.restart()
  }

  #stay() {
    this.#endTrial()
    this.#ladder.stayed()
    this.#climbing = this.#platform.later(() => this.#try(), this.#ladder.climbMs)
  }

  #onBye({ again, retry_ms: ms }) {
    const failures = this.#failuresInARow()
    this.#close()
    this.#tell({ phase: again ? "waiting" : "ended", heardAt: this.#platform.now(), failures })
    if (again) this.#wait(ms, () => this.start())
  }

  #silent() {
    this.#ladder.silent()
    this.#again()
  }

  // Frames came, but none for too long: the line is dead, or a proxy lets only the beginning through.
  #stalled() {
    const failures = this.#failuresInARow(this.#status.heardAt)
    this.#ladder.failed({ heard: false })
    this.#again(failures)
  }

  #failed(why) {
    const failures = this.#failuresInARow()
    if (why === "missing") return this.#doWithout()
    if (why === "cut") this.#ladder.failed({ heard: this.#openedAt !== null })
    if (why === "unloaded") this.#ladder.restart() // the carrier's module could not be loaded: the server is away
    this.#again(failures)
  }

  #doWithout() {
    this.#close()
    if (this.#ladder.missing()) this.start()
    else this.#tell({ phase: "ended" })
  }

  #again(failures = this.#failuresInARow()) {
    this.#close()
    this.#wait(this.#pauseMs(failures), () => this.start())
    this.#tell({ phase: "waiting", failures: failures + 1 })
  }

  #pauseMs(failures) {
    const { heardAt } = this.#status
    const short = heardAt !== null && this.#platform.now() - heardAt < SHORT_OUTAGE_MS
    return pauseMs(failures, this.#platform.random(), short ? SHORT_OUTAGE_PAUSE_MS : LONGEST_PAUSE_MS)
  }

  #failuresInARow(until = this.#platform.now()) {
    const steady = this.#openedAt !== null && until - this.#openedAt >= STEADY_MS
    if (steady) this.#ladder.held()
    return steady ? 0 : this.#status.failures
  }

  #close() {
    this.#line?.close()
    this.#line = null
    this.#openedAt = null
    this.#platform.cancel(this.#timer)
    this.#endTrial()
  }

  #endTrial() {
    this.#trial?.close()
    this.#trial = null
    this.#platform.cancel(this.#climbing)
  }

  #wait(ms, run) {
    this.#platform.cancel(this.#timer)
    this.#timer = this.#platform.later(run, ms)
  }

  #tell(news) {
    Object.assign(this.#status, news)
    this.dispatchEvent(new Event("status"))
  }
}
