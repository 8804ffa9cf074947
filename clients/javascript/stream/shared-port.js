// shared-port.js: a tab's way to the worker that holds one connection for all tabs.

const NAME = "scoreboard-1" // another one where a new page and an old worker would misunderstand each other

// A port, or null if there is no such worker: in some browsers, and on pages of other origins.
export function sharedPort(failed) {
  try {
    const worker = new SharedWorker(new URL("./shared-worker.js", import.meta.url), { type: "module", name: NAME })
    worker.addEventListener("error", failed)
    return worker.port
  } catch {
    return null
  }
}
