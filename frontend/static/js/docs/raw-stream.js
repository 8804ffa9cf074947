// raw-stream.js: reads the events of one stream with their text, and reconnects when its bye frame allows it. No DOM.

import { EMPTY, parsePiece } from "./event-text.js"

const PAUSE_MS = 2000 // before reconnecting, until the server has sent its own value

const browser = {
  fetch: (...args) => globalThis.fetch(...args),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
}

// Dispatches each "event" as it arrives, and each "change" of `state`: opening, open, waiting, refused.
export class RawStream extends EventTarget {
  state = "closed"
  cursor = ""
  #url
  #board
  #platform
  #aborter = null
  #timer = null

  constructor(url, { board, since = "", platform = browser }) {
    super()
    this.#url = url
    this.#board = board
    this.cursor = since
    this.#platform = platform
  }

  get address() {
    const query = new URLSearchParams({ boards: this.#board })
    if (this.cursor) query.set("since", this.cursor)
    return `${this.#url}?${query}`
  }

  async open() {
    this.close()
    const aborter = (this.#aborter = new AbortController())
    this.#setState("opening")
    const pause = await this.#read(aborter.signal)
    if (aborter.signal.aborted) return
    if (pause === null) return this.#setState("refused")
    this.#timer = this.#platform.later(() => this.open(), pause)
    this.#setState("waiting")
  }

  close() {
    this.#platform.cancel(this.#timer)
    this.#aborter?.abort()
  }

  // Read until the stream ends. Resolves with the milliseconds to wait before reconnecting; null for never.
  async #read(signal) {
    let pause = PAUSE_MS
    try {
      const answer = await this.#platform.fetch(this.address, { signal, headers: { Accept: "text/event-stream" }, cache: "no-store" })
      if (!answer.ok) return null
      this.#setState("open")
      let state = EMPTY
      for await (const text of texts(answer.body)) {
        const { events, state: next } = parsePiece(state, text)
        state = next
        if (state.last) this.cursor = state.last
        for (const event of events) {
          if (event.retryMs !== null) pause = event.retryMs
          if (event.data?.t === "bye") pause = event.data.again ? event.data.retry_ms : null
          this.dispatchEvent(new CustomEvent("event", { detail: event }))
        }
      }
    } catch {
      // The connection broke, or `close` aborted it.
    }
    return pause
  }

  #setState(state) {
    this.state = state
    this.dispatchEvent(new Event("change"))
  }
}

// The texts of a body. It uses a reader, since not every browser can iterate over a stream.
async function* texts(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}
