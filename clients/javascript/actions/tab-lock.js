// tab-lock.js: a lock that one tab of a browser holds at a time. No DOM.

import { browserStorage } from "../browser-storage.js"
import { parsed } from "../parsed.js"

const LEASE_KEY = "scoreboard.lease"
const LEASE_MS = 15_000 // more than one call takes
const SETTLED_MS = 50

const browser = {
  locks: globalThis.navigator?.locks,
  storage: browserStorage(),
  now: () => Date.now(),
  sleep: (ms) => new Promise((resume) => setTimeout(resume, ms)),
  me: Math.random().toString(36).slice(2),
}

// Run something unless another tab holds the lock. Resolves with whether it ran. `run` is given a function that
// extends the lock; it must call that before each part of its work.
export async function withLock(name, run, world = browser) {
  if (world.locks) return lockedBy(world.locks, name, run)
  return leased(`${LEASE_KEY}.${name}`, run, world)
}

function lockedBy(locks, name, run) {
  return locks.request(`scoreboard.${name}`, { ifAvailable: true }, async (lock) => {
    if (lock) await run(() => {})
    return lock !== null
  })
}

// Over plain http browsers have no locks. Two tabs may very rarely both hold this lease, so the guarded work must
// be harmless to do twice.
async function leased(key, run, { storage, now, sleep, me }) {
  const read = () => parsed(storage?.getItem(key) ?? "null")
  const take = () => written(storage, key, JSON.stringify({ me, until: now() + LEASE_MS }))
  const held = read()
  if (held && held.me !== me && held.until > now()) return false
  if (take()) {
    await sleep(SETTLED_MS) // the last tab that wrote holds it
    if (read()?.me !== me) return false
  }
  try {
    await run(take)
  } finally {
    storage?.removeItem(key)
  }
  return true
}

// Where storage is full, tabs can't coordinate: doing the work twice is better than never.
function written(storage, key, text) {
  try {
    storage.setItem(key, text)
    return true
  } catch {
    return false
  }
}
