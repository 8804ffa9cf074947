// api.js: calls of the API. Each resolves with an answer or throws a Refusal. No DOM.

import { parseJson } from "../parse-json.js"

const ANSWER_MS = 6000 // the server gives up after two seconds; the rest is for the network

// A refused call. `code` is one of docs/errors.md, or "no_answer" if no answer arrived. `errors` names the fields of an
// invalid request: { field, message }.
export class Refusal extends Error {
  constructor({
    status = 0,
    code = "no_answer",
    detail = "The server did not answer.",
    retryAfterSeconds = 0,
    puzzle = null,
    errors = [],
  } = {}) {
    super(detail)
    Object.assign(this, { name: "Refusal", status, code, detail, retryAfterSeconds, puzzle, errors })
  }
}

export class Api {
  #url
  #fetch
  #answerMs

  constructor(url, { fetch = (...args) => globalThis.fetch(...args), answerMs = ANSWER_MS } = {}) {
    this.#url = url
    this.#fetch = fetch
    this.#answerMs = answerMs
  }

  // Resolves with `data` of the answer, or null if it has no body. Throws a Refusal, as do the next three.
  post(path, body, accessToken = "") {
    return this.#send("POST", path, body, accessToken)
  }

  patch(path, body, accessToken = "") {
    return this.#send("PATCH", path, body, accessToken)
  }

  get(path, accessToken = "") {
    return this.#call(path, { headers: bearer(accessToken) })
  }

  delete(path, accessToken = "") {
    return this.#call(path, { method: "DELETE", headers: bearer(accessToken) })
  }

  #send(method, path, body, accessToken) {
    const headers = { "Content-Type": "application/json", ...bearer(accessToken) }
    return this.#call(path, { method, headers, body: JSON.stringify(body) })
  }

  // A file: a Response whose body is a stream. Throws a Refusal.
  async file(path) {
    const answer = await this.#fetch(this.#url + path, { credentials: "omit" }).catch(() => {
      throw new Refusal()
    })
    if (answer.ok) return answer
    throw refusal(answer.status, answer.headers, parseJson(await answer.text().catch(() => "")))
  }

  async #call(path, call) {
    const { status, headers, text } = await this.#fetchText(path, call)
    if (status === 204) return null
    const answer = parseJson(text)
    if (status < 300 && answer) return answer.data
    if (status < 300) throw new Refusal() // a hotspot's sign-in page, not the server
    throw refusal(status, headers, answer)
  }

  async #fetchText(path, call) {
    const timeout = new AbortController()
    const timer = setTimeout(() => timeout.abort(), this.#answerMs)
    try {
      const answer = await this.#fetch(this.#url + path, { ...call, credentials: "omit", signal: timeout.signal })
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
    code: answer?.code ?? `http_${status}`, // an error of a proxy has no code of ours
    detail: answer?.detail ?? `The server answered ${status}.`,
    retryAfterSeconds: Number(headers.get("Retry-After")) || 0,
    puzzle: answer?.puzzle,
    errors: answer?.errors,
  })
}

function bearer(accessToken) {
  return accessToken ? { Authorization: `Bearer ${accessToken}` } : {}
}
