// polling.js: frames as the answers to repeated requests, for networks in which nothing else gets through.

const LONG = { waitSeconds: 15, restMs: 0, beatMs: 15_000 }
const SHORT = { waitSeconds: 0, restMs: 5000, beatMs: 5000 }
const REFUSED = [400, 401, 403, 404] // permanent, if the answer is the server's own and not a router's
const PROBLEM = "application/problem+json" // the type of the server's own refusals
const BUSY = [429, 503]

export function openLong(...args) {
  return open(LONG, ...args)
}

export function openShort(...args) {
  return open(SHORT, ...args)
}

// `receiver` has the callbacks `answered`, `frame` and `failed`. Returns a function that stops polling.
function open(pace, base, query, receiver) {
  const aborter = new AbortController()
  poll(pace, `${base}/v1/poll`, query, receiver, aborter.signal).catch(() => receiver.failed())
  return () => aborter.abort()
}

async function poll({ waitSeconds, restMs, beatMs }, address, query, receiver, signal) {
  const params = new URLSearchParams(query)
  let wait = 0 // the first answer comes at once, and proves that answers come at all
  while (!signal.aborted) {
    params.set("wait", wait)
    const startedAt = Date.now()
    const answer = await fetch(`${address}?${params}`, { signal, credentials: "omit", cache: "no-store" })
    if (!answer.ok) return refuse(answer, receiver)
    const { id, frames, retry_ms: retryMs, told: toldUntil } = await answer.json()
    params.set("since", id)
    if (toldUntil) params.set("told", toldUntil) // private frames up to here were seen
    receiver.answered({ beatMs, id })
    for (const frame of frames) receiver.frame(frame)
    const early = Date.now() - startedAt < 1000 * wait
    const crowded = wait > 0 && early && frames.every(({ t }) => t === "me") // there was no slot to wait in
    wait = waitSeconds
    if (restMs || crowded) await rest(Math.max(restMs, retryMs), signal)
  }
}

// A refusal becomes a bye frame, as by the other carriers.
function refuse({ status, headers }, receiver) {
  const ours = headers.get("Content-Type")?.startsWith(PROBLEM)
  if (ours && REFUSED.includes(status)) return receiver.frame({ t: "bye", code: status, again: false, retry_ms: 0, why: "refused" })
  const seconds = Number(headers.get("Retry-After"))
  if (!BUSY.includes(status) || !seconds) return receiver.failed()
  return receiver.frame({ t: "bye", code: status, again: true, retry_ms: 1000 * seconds, why: "busy" })
}

function rest(ms, signal) {
  return new Promise((resume) => {
    const timer = setTimeout(resume, ms)
    signal.addEventListener("abort", () => (clearTimeout(timer), resume()), { once: true })
  })
}
