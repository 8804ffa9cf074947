// feed.js: receives the frames of a stream, and reconnects after every interruption.
//
// Browsers' own reconnecting (of an EventSource) gives up for good after some answers, forgets the cursor, and never
// notices a dead connection. So each connection is opened once, and the Feed itself decides when to open the next one.
// If one carrier does not get through, it tries the next one.

import { pauseMs } from "../pause.js"
import { CarrierConnection, carriers } from "./carrier-connection.js"
import { Ladder } from "./ladder.js"
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
  #connection = null
  #trial = null // a connection by the best carrier, opened beside the present one
  #timer = null
  #trialTimer = null
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
    if (this.#connection || this.#status.phase === "ended") return
    this.#connection = this.#connect(this.#ladder.carrier)
    this.#wait(HELLO_MS, () => this.#onSilence())
    this.#setStatus({ phase: "opening" })
  }

  stop() {
    this.#close()
    if (!["closed", "ended"].includes(this.#status.phase)) this.#setStatus({ phase: "closed" })
  }

  // Forget the cursor: without one, the next stream begins with a snapshot.
  resync() {
    this.#cursor = ""
    if (this.#connection) this.#reconnectLater()
  }

  // Called after the device slept, or when the network is back: timers did not run in that time.
  check() {
    const { phase, heardAt, heartbeatMs } = this.#status
    if (phase === "waiting") this.start()
    if (phase === "open" && this.#platform.now() - heardAt > BEATS_MISSED * heartbeatMs) this.#onStall()
  }

  #connect(carrier) {
    const connection = new CarrierConnection(carrier, {
      alive: (news) => this.#onAlive(connection, news),
      frame: (frame) => this.#onFrame(connection, frame),
      failed: (reason) => (connection === this.#trial ? this.#giveUpTrial() : this.#onFailure(reason)),
    })
    connection.open(this.#platform.carriers[carrier], this.#base, () => this.#query())
    return connection
  }

  async #query() {
    const query = new URLSearchParams({ boards: this.#scope })
    if (this.#cursor) query.set("since", this.#cursor)
    if (this.#ticket) query.set("ticket", await this.#ticket())
    return query
  }

  #onFrame(connection, frame) {
    const ends = frame === null || frame.t === "bye"
    if (ends && connection === this.#trial) return this.#giveUpTrial()
    if (frame === null) return this.resync()
    if (frame.t === "bye") return this.#onBye(frame)

    const beatMs = frame.t === "hello" ? frame.hb * 1000 : this.#status.heartbeatMs
    const hasDegraded = frame.t === "hello" || frame.t === "hb" // the frames that carry the flag
    const degraded = hasDegraded ? frame.degraded === true : this.#status.degraded
    this.#onAlive(connection, { beatMs, id: frame.id, degraded })
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }))
  }

  #onAlive(connection, { beatMs, id, degraded = false }) {
    if (connection === this.#trial) this.#useTrial()
    const now = this.#platform.now()
    if (this.#openedAt === null) this.#onOpen(now)
    if (id) this.#cursor = id
    this.#wait(BEATS_MISSED * beatMs, () => this.#onStall())
    this.#setStatus({ phase: "open", carrier: connection.carrier, heardAt: now, heartbeatMs: beatMs, degraded })
  }

  #onOpen(now) {
    this.#openedAt = now
    const ms = this.#ladder.trialMs
    if (ms !== null) this.#trialTimer = this.#platform.later(() => this.#startTrial(), ms)
  }

  // Try the best carrier. The present connection stays open until the trial has got a frame.
  #startTrial() {
    this.#trial = this.#connect(this.#ladder.best)
    this.#trialTimer = this.#platform.later(() => this.#giveUpTrial(), HELLO_MS)
  }

  #useTrial() {
    const connection = this.#trial
    this.#trial = null
    this.#close()
    this.#connection = connection
    this.#ladder.restart()
  }

  #giveUpTrial() {
    this.#endTrial()
    this.#ladder.countTrial()
    this.#trialTimer = this.#platform.later(() => this.#startTrial(), this.#ladder.trialMs)
  }

  #onBye({ again, retry_ms: ms }) {
    const failures = this.#failuresInARow()
    this.#close()
    this.#setStatus({ phase: again ? "waiting" : "ended", heardAt: this.#platform.now(), failures })
    if (again) this.#wait(ms, () => this.start())
  }

  #onSilence() {
    this.#ladder.skipSilent()
    this.#reconnectLater()
  }

  // Frames came, but none for too long: the connection is dead, or a proxy lets only the beginning through.
  #onStall() {
    const failures = this.#failuresInARow(this.#status.heardAt)
    this.#ladder.countFailure({ heard: false })
    this.#reconnectLater(failures)
  }

  #onFailure(reason) {
    const failures = this.#failuresInARow()
    if (reason === "missing") return this.#removeCarrier()
    if (reason === "cut") this.#ladder.countFailure({ heard: this.#openedAt !== null })
    if (reason === "unloaded") this.#ladder.restart() // the carrier's module could not be loaded: the server is away
    this.#reconnectLater(failures)
  }

  #removeCarrier() {
    this.#close()
    if (this.#ladder.remove()) this.start()
    else this.#setStatus({ phase: "ended" })
  }

  #reconnectLater(failures = this.#failuresInARow()) {
    this.#close()
    this.#wait(this.#pauseMs(failures), () => this.start())
    this.#setStatus({ phase: "waiting", failures: failures + 1 })
  }

  #pauseMs(failures) {
    const { heardAt } = this.#status
    const short = heardAt !== null && this.#platform.now() - heardAt < SHORT_OUTAGE_MS
    return pauseMs(failures, this.#platform.random(), short ? SHORT_OUTAGE_PAUSE_MS : LONGEST_PAUSE_MS)
  }

  #failuresInARow(until = this.#platform.now()) {
    const steady = this.#openedAt !== null && until - this.#openedAt >= STEADY_MS
    if (steady) this.#ladder.clearBlame()
    return steady ? 0 : this.#status.failures
  }

  #close() {
    this.#connection?.close()
    this.#connection = null
    this.#openedAt = null
    this.#platform.cancel(this.#timer)
    this.#endTrial()
  }

  #endTrial() {
    this.#trial?.close()
    this.#trial = null
    this.#platform.cancel(this.#trialTimer)
  }

  #wait(ms, run) {
    this.#platform.cancel(this.#timer)
    this.#timer = this.#platform.later(run, ms)
  }

  #setStatus(news) {
    Object.assign(this.#status, news)
    this.dispatchEvent(new Event("status"))
  }
}
