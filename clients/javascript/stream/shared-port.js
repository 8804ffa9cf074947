// shared-port.js: connects a tab to the shared worker, which holds one connection for all tabs.

const NAME = "scoreboard-1" // change it whenever a new page could not talk to a worker of an older release

// A port, or null if the worker can't be had: some browsers have none, and pages of other origins may not use it.
export function sharedPort(onError) {
  try {
    const worker = new SharedWorker(new URL("./shared-worker.js", import.meta.url), { type: "module", name: NAME })
    worker.addEventListener("error", onError)
    return worker.port
  } catch {
    return null
  }
}
