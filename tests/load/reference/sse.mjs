// A plain event stream server: Node's own http, the same bytes to everybody, nothing else.
// GET / streams; POST / sends its body to all as one event.
import http from "node:http"

const viewers = new Set()

http
  .createServer((request, response) => {
    if (request.method === "POST") {
      const parts = []
      request.on("data", (part) => parts.push(part))
      request.on("end", () => {
        const event = Buffer.concat([Buffer.from("data: "), ...parts, Buffer.from("\n\n")])
        for (const viewer of viewers) viewer.write(event)
        response.end(JSON.stringify({ viewers: viewers.size }))
      })
      return
    }
    if (request.url !== "/stream") return response.end("{}")
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" })
    response.write(":\n\n")
    viewers.add(response)
    response.on("close", () => viewers.delete(response))
  })
  .listen(Number(process.env.PORT), "127.0.0.1")
