// api.js: one call of the API: answered, refused, or not answered at all. No DOM.

import { parsed } from "../parsed.js"

const ANSWER_MS = 6000 // the server gives up after two seconds; the rest is for the way

// The server's no. `code` is one of docs/errors.md; "no_answer" where nothing was heard.
export class Refusal extends Error {
  constructor({
    status = 0,
    code = "no_answer",
    detail = "The server did not answer.",
    retryAfterSeconds = 0,
    puzzle = null,
  } = {}) {
    super(detail)
    Object.assign(this, { name: "Refusal", status, code, detail, retryAfterSeconds, puzzle })
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

  // What stands under "data" in the answer, null where it has no body. Throws a Refusal.
  post(path, body, accessToken = "") {
    return this.#sent("POST", path, body, accessToken)
  }

  // The same.
  patch(path, body, accessToken = "") {
    return this.#sent("PATCH", path, body, accessToken)
  }

  // The same.
  get(path, accessToken = "") {
    return this.#answered(path, { headers: bearer(accessToken) })
  }

  // The same.
  delete(path, accessToken = "") {
    return this.#answered(path, { method: "DELETE", headers: bearer(accessToken) })
  }

  #sent(method, path, body, accessToken) {
    const headers = { "Content-Type": "application/json", ...bearer(accessToken) }
    return this.#answered(path, { method, headers, body: JSON.stringify(body) })
  }

  // A file as it comes: a Response, whose body is a stream. Throws a Refusal.
  async file(path) {
    const answer = await this.#fetch(this.#url + path, { credentials: "omit" }).catch(() => {
      throw new Refusal()
    })
    if (answer.ok) return answer
    throw refusal(answer.status, answer.headers, parsed(await answer.text().catch(() => "")))
  }

  async #answered(path, call) {
    const { status, headers, text } = await this.#heard(path, call)
    if (status === 204) return null
    const answer = parsed(text)
    if (status < 300 && answer) return answer.data
    if (status < 300) throw new Refusal() // a hotspot's sign-in page, and not the server
    throw refusal(status, headers, answer)
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

function refusal(status, headers, answer) {
  return new Refusal({
    status,
    code: answer?.code ?? `http_${status}`, // a proxy's words are not ours
    detail: answer?.detail ?? `The server answered ${status}.`,
    retryAfterSeconds: Number(headers.get("Retry-After")) || 0,
    puzzle: answer?.puzzle,
  })
}

function bearer(accessToken) {
  return accessToken ? { Authorization: `Bearer ${accessToken}` } : {}
}
