// sse.js: frames by server-sent events.

const FRAMES = ["hello", "snapshot", "delta", "hb", "me", "reset", "notice", "bye"]

export function open(base, query, told) {
  const source = new EventSource(`${base}/v1/stream?${query}`)
  for (const type of FRAMES) source.addEventListener(type, ({ data }) => told.text(data))
  // It would try again by itself, but never after some answers, and without its cursor once it is closed.
  source.addEventListener("error", () => told.failed())
  return () => source.close()
}
