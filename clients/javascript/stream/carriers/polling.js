// polling.js: frames that are asked for, again and again: where nothing else gets through.

const LONG = { waitSeconds: 15, restMs: 0, beatMs: 15_000 }
const SHORT = { waitSeconds: 0, restMs: 5000, beatMs: 5000 }
const REFUSED = [400, 401, 403, 404] // asking again changes nothing, if it is the server that says so
const PROBLEM = "application/problem+json" // and not a router that has lost it for a moment
const BUSY = [429, 503]

export function openLong(...asked) {
  return opened(LONG, ...asked)
}

export function openShort(...asked) {
  return opened(SHORT, ...asked)
}

function opened(pace, base, query, told) {
  const ending = new AbortController()
  poll(pace, `${base}/v1/poll`, query, told, ending.signal).catch(() => told.failed())
  return () => ending.abort()
}

async function poll({ waitSeconds, restMs, beatMs }, address, query, told, signal) {
  const asked = new URLSearchParams(query)
  let wait = 0 // the first answer comes at once, and proves that answers come at all
  while (!signal.aborted) {
    asked.set("wait", wait)
    const startedAt = Date.now()
    const answer = await fetch(`${address}?${asked}`, { signal, credentials: "omit", cache: "no-store" })
    if (!answer.ok) return refused(answer, told)
    const { id, frames, retry_ms: retryMs, told: toldUntil } = await answer.json()
    asked.set("since", id)
    if (toldUntil) asked.set("told", toldUntil) // private frames up to here were seen
    told.answered({ beatMs, id })
    for (const frame of frames) told.frame(frame)
    const early = Date.now() - startedAt < 1000 * wait
    const crowded = wait > 0 && early && frames.every(({ t }) => t === "me") // there was no slot to wait in
    wait = waitSeconds
    if (restMs || crowded) await rest(Math.max(restMs, retryMs), signal)
  }
}

// What the server says no with is told as a bye, as by the other carriers.
function refused({ status, headers }, told) {
  const ours = headers.get("Content-Type")?.startsWith(PROBLEM)
  if (ours && REFUSED.includes(status)) return told.frame({ t: "bye", code: status, again: false, retry_ms: 0, why: "refused" })
  const seconds = Number(headers.get("Retry-After"))
  if (!BUSY.includes(status) || !seconds) return told.failed()
  return told.frame({ t: "bye", code: status, again: true, retry_ms: 1000 * seconds, why: "busy" })
}

function rest(ms, signal) {
  return new Promise((resume) => {
    const timer = setTimeout(resume, ms)
    signal.addEventListener("abort", () => (clearTimeout(timer), resume()), { once: true })
  })
}
