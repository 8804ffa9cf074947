// fake-platform.js: for tests of streams: carriers without a network, and a clock with timers that `pass` moves on.

export class FakePlatform {
  at = 0
  opened = []
  missing = new Set()
  #timers = []

  constructor() {
    const names = ["sse", "ws", "long-poll", "poll"]
    this.carriers = Object.fromEntries(names.map((name) => [name, async () => this.#opener(name)]))
  }

  now = () => this.at
  random = () => 0.5
  later = (run, ms) => this.#timer({ run, at: this.at + ms })
  every = (ms, run) => this.#timer({ run, at: this.at + ms, ms })
  cancel = (timer) => {
    this.#timers = this.#timers.filter((one) => one !== timer)
  }

  async pass(ms) {
    const until = this.at + ms
    for (;;) {
      await settle()
      const due = this.#timers.filter((timer) => timer.at <= until).sort((one, other) => one.at - other.at)[0]
      if (!due) break
      this.at = Math.max(this.at, due.at)
      if (due.ms) due.at += due.ms
      else this.cancel(due)
      due.run()
    }
    this.at = until
  }

  get last() {
    return this.opened.at(-1)
  }

  // The carriers that were opened, in their order.
  get tried() {
    return this.opened.map(({ carrier }) => carrier)
  }

  #timer(timer) {
    this.#timers.push(timer)
    return timer
  }

  #opener(carrier) {
    return (base, query, receiver) => {
      if (this.missing.has(carrier)) throw new ReferenceError(`${carrier} is not defined`)
      const connection = { carrier, base, query: String(query), closed: false }
      connection.send = (frame) => receiver.text(JSON.stringify(frame))
      connection.say = (text) => receiver.text(text)
      connection.answer = (beatMs, id) => receiver.answered({ beatMs, id })
      connection.fail = () => receiver.failed()
      this.opened.push(connection)
      return () => (connection.closed = true)
    }
  }
}

export const HELLO = { t: "hello", v: 1, hb: 15, resume: "none" }

export async function settle() {
  for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate)
}
