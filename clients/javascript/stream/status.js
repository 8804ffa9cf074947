// status.js: the status of a feed's connection.

const HEARTBEAT_MS = 15_000 // until the server's hello frame names its own

// The status before the connection is opened.
export function initialStatus() {
  return {
    phase: "closed", // closed, opening, open, waiting, ended
    carrier: null, // sse, ws, long-poll or poll: the one that the last frame came by
    shared: false, // do other tabs use the same connection?
    heardAt: null, // the time of the last sign of life
    heartbeatMs: HEARTBEAT_MS,
    failures: 0, // in a row
    degraded: false, // true if the server can't see changes at the moment
  }
}
