// tab-lock.js: a lock that one tab of a browser holds at a time. No DOM.

import { browserStorage } from "../browser-storage.js"
import { parseJson } from "../parse-json.js"

const LEASE_KEY = "scoreboard.lease"
const LEASE_MS = 15_000 // longer than any call takes
const SETTLE_MS = 50 // after which the writes of other tabs can be seen

const browser = {
  locks: globalThis.navigator?.locks,
  storage: browserStorage(),
  now: () => Date.now(),
  sleep: (ms) => new Promise((resume) => setTimeout(resume, ms)),
  me: Math.random().toString(36).slice(2),
}

// Call `run` unless another tab holds the lock. Resolves with true if it was called. Its argument is a function that
// extends the lock; `run` must call it before each part of its work.
export async function withLock(name, run, platform = browser) {
  if (platform.locks) return withBrowserLock(platform.locks, name, run)
  return withLease(`${LEASE_KEY}.${name}`, run, platform)
}

function withBrowserLock(locks, name, run) {
  return locks.request(`scoreboard.${name}`, { ifAvailable: true }, async (lock) => {
    if (lock) await run(() => {})
    return lock !== null
  })
}

// Over plain http browsers have no locks, so the lock is a lease in the storage. Very rarely two tabs may both hold it,
// so doing the work twice must be harmless.
async function withLease(key, run, { storage, now, sleep, me }) {
  const read = () => parseJson(storage?.getItem(key) ?? "null")
  const take = () => tryWrite(storage, key, JSON.stringify({ me, until: now() + LEASE_MS }))
  const lease = read()
  if (lease && lease.me !== me && lease.until > now()) return false
  if (take()) {
    await sleep(SETTLE_MS) // if several tabs wrote, the last one holds the lease
    if (read()?.me !== me) return false
  }
  try {
    await run(take)
  } finally {
    storage?.removeItem(key)
  }
  return true
}

// Returns true if the text was written. If the storage is full, the work is done without a lease: doing it in two tabs
// is better than in none.
function tryWrite(storage, key, text) {
  try {
    storage.setItem(key, text)
    return true
  } catch {
    return false
  }
}
