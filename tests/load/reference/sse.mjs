// A plain event stream server: Node's own http, the same bytes to everybody, nothing else.
// GET /stream streams; POST / sends its body to all as one event. An event is framed as an HTTP chunk once, and
// written to the sockets: response.write would frame it again for each viewer.
import http from "node:http"

const viewers = new Set()

http
  .createServer((request, response) => {
    if (request.method === "POST") {
      const parts = []
      request.on("data", (part) => parts.push(part))
      request.on("end", () => {
        const chunk = asChunk(Buffer.concat([Buffer.from("data: "), ...parts, Buffer.from("\n\n")]))
        for (const viewer of viewers) viewer.write(chunk)
        response.end(JSON.stringify({ viewers: viewers.size }))
      })
      return
    }
    if (request.url !== "/stream") return response.end("{}")
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" })
    response.write(":\n\n")
    const { socket } = response
    viewers.add(socket)
    response.on("close", () => viewers.delete(socket))
  })
  .listen(Number(process.env.PORT), "127.0.0.1")

function asChunk(event) {
  return Buffer.concat([Buffer.from(`${event.length.toString(16)}\r\n`), event, Buffer.from("\r\n")])
}
