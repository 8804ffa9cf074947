// fakes.js: for tests of playing: a server with prepared answers, a storage, and a clock on which sleeping takes no
// time.

export class Server {
  asked = []
  #answers

  // Each answer is { status, body, headers }, a function that makes one, "silence" or "never".
  constructor(...answers) {
    this.#answers = answers
  }

  fetch = async (url, { body, headers, signal }) => {
    const call = { path: url, body: body && JSON.parse(body), token: headers.Authorization?.slice("Bearer ".length) }
    this.asked.push(call)
    const next = this.#answers.shift()
    if (next === undefined) throw new Error(`nobody expected ${url}`)
    const answer = typeof next === "function" ? await next(call) : next
    if (answer === "silence") throw new TypeError("Failed to fetch")
    if (answer === "never") return new Promise((_, fail) => signal.addEventListener("abort", fail))
    if (answer.status === 204) return new Response(null, answer)
    return new Response(answer.text ?? JSON.stringify(answer.body), answer)
  }

  get paths() {
    return this.asked.map((call) => call.path)
  }
}

export class Time {
  at = 0
  slept = []
  now = () => this.at
  random = () => 0.5
  withLock = (run) => run()
  sleep = async (ms) => {
    this.slept.push(ms)
    this.at += ms
  }
}

export class Storage {
  #items = new Map()
  getItem = (key) => this.#items.get(key) ?? null
  setItem = (key, value) => this.#items.set(key, value)
  removeItem = (key) => this.#items.delete(key)
  key = (index) => [...this.#items.keys()][index] ?? null

  get length() {
    return this.#items.size
  }
}

export function data(body) {
  return { status: 200, body: { data: body } }
}

export function problem(status, code, headers = {}) {
  return { status, headers, body: { status, code, detail: `This is ${code}.` } }
}

// The session that a server answers with, its tokens numbered.
export function session(number, player = "p_1") {
  return data({
    player: { id: player },
    accessToken: `access-${number}`,
    refreshToken: `refresh-${number}`,
    expiresInSeconds: 900,
  })
}
