// push.js: the carriers by which a server sends frames at once: server-sent events and WebSockets.

const FRAMES = ["hello", "snapshot", "delta", "hb", "me", "tell", "reset", "notice", "bye"]

// `receiver` has the callbacks `text` and `failed`. Returns a function that closes the connection.
export function openEvents(base, query, receiver) {
  const source = new EventSource(`${base}/v1/stream?${query}`)
  for (const type of FRAMES) source.addEventListener(type, ({ data }) => receiver.text(data))
  // The EventSource's own reconnecting is not used: it does not happen after some answers, and loses the cursor.
  source.addEventListener("error", () => receiver.failed())
  return () => source.close()
}

// Proxies that hold back server-sent events usually let WebSockets through.
export function openSocket(base, query, receiver) {
  const address = new URL(`${base}/v1/ws?${query}`, globalThis.location?.href)
  address.protocol = address.protocol.replace("http", "ws")
  const socket = new WebSocket(address)
  socket.addEventListener("message", ({ data }) => receiver.text(data))
  socket.addEventListener("close", () => receiver.failed()) // follows every error too
  return () => socket.close()
}
