// api.js: one call of the API: answered, refused, or not answered at all. No DOM.

import { parsed } from "../parsed.js"

const ANSWER_MS = 6000 // the server gives up after two seconds; the rest is for the way

// The server's no. `code` is one of docs/errors.md; "no_answer" where nothing was heard.
export class Refusal extends Error {
  constructor({ status = 0, code = "no_answer", detail = "The server did not answer.", retryAfterSeconds = 0 } = {}) {
    super(detail)
    Object.assign(this, { name: "Refusal", status, code, detail, retryAfterSeconds })
  }
}

export class Api {
  #url
  #fetch
  #answerMs

  constructor(url, { fetch = (...asked) => globalThis.fetch(...asked), answerMs = ANSWER_MS } = {}) {
    this.#url = url
    this.#fetch = fetch
    this.#answerMs = answerMs
  }

  // What stands under "data" in the answer. Throws a Refusal.
  post(path, body, accessToken = "") {
    const headers = { "Content-Type": "application/json" }
    if (accessToken) headers.Authorization = `Bearer ${accessToken}`
    return this.#answered(path, { method: "POST", headers, body: JSON.stringify(body) })
  }

  // The same.
  get(path) {
    return this.#answered(path, {})
  }

  async #answered(path, call) {
    const { status, headers, text } = await this.#heard(path, call)
    const answer = parsed(text)
    if (status < 300 && answer) return answer.data
    if (status < 300) throw new Refusal() // a hotspot's sign-in page, and not the server
    throw new Refusal({
      status,
      code: answer?.code ?? `http_${status}`, // a proxy's words are not ours
      detail: answer?.detail ?? `The server answered ${status}.`,
      retryAfterSeconds: Number(headers.get("Retry-After")) || 0,
    })
  }

  async #heard(path, call) {
    const patience = new AbortController()
    const timer = setTimeout(() => patience.abort(), this.#answerMs)
    try {
      const answer = await this.#fetch(this.#url + path, { ...call, credentials: "omit", signal: patience.signal })
      return { status: answer.status, headers: answer.headers, text: await answer.text() }
    } catch {
      throw new Refusal()
    } finally {
      clearTimeout(timer)
    }
  }
}
