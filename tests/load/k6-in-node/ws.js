// The module k6/ws, as far as the scenario uses it.

import { callWorker } from "./waiting.js"

export default {
  connect(url, params, begin) {
    const listeners = {}
    begin({ on: (kind, listener) => (listeners[kind] = listener) })
    for (const message of callWorker({ watch: url })) listeners.message(message)
    return { status: 101 }
  },
}
