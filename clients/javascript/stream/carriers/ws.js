// ws.js: frames by WebSocket, which proxies don't hold back.

export function open(base, query, told) {
  const address = new URL(`${base}/v1/ws?${query}`, globalThis.location?.href)
  address.protocol = address.protocol.replace("http", "ws")
  const socket = new WebSocket(address)
  socket.addEventListener("message", ({ data }) => told.text(data))
  socket.addEventListener("close", () => told.failed()) // after every error too
  return () => socket.close()
}
