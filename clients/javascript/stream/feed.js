// feed.js: the frames of a stream, through every interruption.
//
// EventSource reconnects by itself, but gives up for good after some answers, forgets its cursor
// when it is opened anew, and never notices a dead line. So it is opened once, and the loop is ours.

const FRAMES = ["hello", "snapshot", "delta", "hb", "me", "reset", "notice", "bye"]
const HELLO_MS = 10_000 // nothing at all for so long: some proxies hold streams back
const HEARTBEAT_MS = 15_000 // until the server's hello tells
const BEATS_MISSED = 2.5
const STEADY_MS = 10_000 // a stream that held for so long ends a row of failures
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

const browser = {
  open: (url) => new EventSource(url),
  now: () => Date.now(), // unlike performance.now(), it goes on while a laptop sleeps
  random: () => Math.random(),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
}

// Full jitter: those whom one outage cut off together do not come back together.
export function pauseMs(failures, random) {
  return random * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures)
}

export class Feed extends EventTarget {
  #url
  #scope
  #cursor
  #world
  #source = null
  #timer = null
  #openedAt = null
  #status = {
    phase: "closed", // closed, opening, open, waiting, ended
    heardAt: null,
    heartbeatMs: HEARTBEAT_MS,
    failures: 0,
    degraded: false,
  }

  constructor(url, { scope, since = "", world = browser }) {
    super()
    this.#url = url
    this.#scope = scope
    this.#cursor = since
    this.#world = world
  }

  get status() {
    return { ...this.#status }
  }

  start() {
    if (this.#source || this.#status.phase === "ended") return
    this.#wait(HELLO_MS, () => this.#failed())
    const source = this.#world.open(this.#address())
    for (const type of FRAMES) {
      source.addEventListener(type, (event) => this.#received(source, event.data))
    }
    source.addEventListener("error", () => source === this.#source && this.#failed())
    this.#source = source
    this.#tell({ phase: "opening" })
  }

  stop() {
    this.#close()
    if (this.#status.phase !== "ended") this.#tell({ phase: "closed" })
  }

  // Forget where we are: the next stream begins with a snapshot.
  resync() {
    this.#cursor = ""
    this.#failed()
  }

  // After a sleep, or with a network back: don't wait for a timer that slept as well.
  check() {
    const { phase, heardAt, heartbeatMs } = this.#status
    if (phase === "waiting") this.start()
    if (phase === "open" && this.#world.now() - heardAt > BEATS_MISSED * heartbeatMs) this.#failed()
  }

  #address() {
    const query = new URLSearchParams({ boards: this.#scope })
    if (this.#cursor) query.set("since", this.#cursor)
    return `${this.#url}?${query}`
  }

  #received(source, text) {
    if (source !== this.#source) return
    const frame = parsed(text)
    if (frame === null) return this.resync()
    if (frame.t === "bye") return this.#sentAway(frame)

    const status = { heardAt: this.#world.now() }
    if (frame.t === "hello") {
      this.#openedAt = status.heardAt
      Object.assign(status, { phase: "open", heartbeatMs: frame.hb * 1000, degraded: false })
    }
    if (frame.t === "hb") status.degraded = frame.degraded === true
    if (frame.id) this.#cursor = frame.id
    this.#tell(status)
    this.#wait(BEATS_MISSED * this.#status.heartbeatMs, () => this.#failed())
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }))
  }

  #sentAway({ again, retry_ms: ms }) {
    const failures = this.#failuresInARow()
    this.#close()
    this.#tell({ phase: again ? "waiting" : "ended", heardAt: this.#world.now(), failures })
    if (again) this.#wait(ms, () => this.start())
  }

  #failed() {
    const failures = this.#failuresInARow()
    this.#close()
    this.#wait(pauseMs(failures, this.#world.random()), () => this.start())
    this.#tell({ phase: "waiting", failures: failures + 1 })
  }

  #failuresInARow() {
    const steady = this.#openedAt !== null && this.#world.now() - this.#openedAt >= STEADY_MS
    return steady ? 0 : this.#status.failures
  }

  #close() {
    this.#source?.close()
    this.#source = null
    this.#openedAt = null
    this.#world.cancel(this.#timer)
  }

  #wait(ms, run) {
    this.#world.cancel(this.#timer)
    this.#timer = this.#world.later(run, ms)
  }

  #tell(news) {
    Object.assign(this.#status, news)
    this.dispatchEvent(new Event("status"))
  }
}

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
