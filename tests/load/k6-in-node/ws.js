import { waited } from "./waiting.js"

export default {
  connect(url, params, begin) {
    const listeners = {}
    begin({ on: (kind, listener) => (listeners[kind] = listener) })
    for (const message of waited({ watch: url })) listeners.message(message)
    return { status: 101 }
  },
}
