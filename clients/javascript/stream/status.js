// status.js: what is known of a feed's connection.

const HEARTBEAT_MS = 15_000 // until the server's hello tells

export function unheard() {
  return {
    phase: "closed", // closed, opening, open, waiting, ended
    carrier: null, // sse, ws, long-poll or poll: what was heard last
    shared: false, // whether other tabs use the same connection
    heardAt: null,
    heartbeatMs: HEARTBEAT_MS,
    failures: 0,
    degraded: false,
  }
}
