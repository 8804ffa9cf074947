import { workerData } from "node:worker_threads"

const { there, bell } = workerData
const WATCHED_MS = 500

there.on("message", async (asked) => {
  try {
    there.postMessage({ answer: await (asked.watch ? watched(asked.watch) : fetched(asked)) })
  } catch (error) {
    there.postMessage({ error: String(error) })
  }
  Atomics.store(bell, 0, 1)
  Atomics.notify(bell, 0)
})

async function fetched({ method, url, body, headers }) {
  const begun = performance.now()
  const answer = await fetch(url, { method, body, headers })
  return {
    status: answer.status,
    body: await answer.text(),
    headers: Object.fromEntries([...answer.headers].map(([name, value]) => [title(name), value])),
    timings: { duration: performance.now() - begun },
  }
}

// As k6 writes them: Retry-After.
function title(name) {
  return name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())
}

// The messages of half a second.
function watched(url) {
  return new Promise((resolve, reject) => {
    const [socket, messages] = [new WebSocket(url), []]
    socket.onmessage = ({ data }) => messages.push(data)
    socket.onerror = () => reject(new Error(`no WebSocket at ${url}`))
    socket.onopen = () =>
      setTimeout(() => {
        socket.onclose = () => resolve(messages)
        socket.close()
      }, WATCHED_MS)
  })
}
