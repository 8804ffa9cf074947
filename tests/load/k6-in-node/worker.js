// Makes the HTTP calls and reads the WebSockets of the k6 scenario, one at a time: see waiting.js.

import { workerData } from "node:worker_threads"

const { there, done } = workerData
const WATCH_MS = 500

there.on("message", async (request) => {
  try {
    there.postMessage({ answer: await (request.watch ? readMessages(request.watch) : callServer(request)) })
  } catch (error) {
    there.postMessage({ error: String(error) })
  }
  Atomics.store(done, 0, 1)
  Atomics.notify(done, 0)
})

async function callServer({ method, url, body, headers }) {
  const begun = performance.now()
  const answer = await fetch(url, { method, body, headers })
  return {
    status: answer.status,
    body: await answer.text(),
    headers: Object.fromEntries([...answer.headers].map(([name, value]) => [title(name), value])),
    timings: { duration: performance.now() - begun },
  }
}

// A header's name as k6 writes it: Retry-After.
function title(name) {
  return name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
}

// The messages that come within WATCH_MS.
function readMessages(url) {
  return new Promise((resolve, reject) => {
    const [socket, messages] = [new WebSocket(url), []]
    socket.onmessage = ({ data }) => messages.push(data)
    socket.onerror = () => reject(new Error(`no WebSocket at ${url}`))
    socket.onopen = () =>
      setTimeout(() => {
        socket.onclose = () => resolve(messages)
        socket.close()
      }, WATCH_MS)
  })
}
