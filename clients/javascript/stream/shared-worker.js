// shared-worker.js: holds one connection for all tabs of a browser. Over HTTP/1.1 a browser opens only six
// to a host: a seventh tab with a stream of its own would not even load.

import { Feed } from "./feed.js"
import { SharedFeed } from "./shared-feed.js"

const MAX_KEPT = 16 // feeds that nobody follows, with their boards

const browser = {
  now: () => Date.now(),
  later: (run, ms) => setTimeout(run, ms),
  cancel: (timer) => clearTimeout(timer),
}
const feeds = new Map()

addEventListener("connect", ({ ports: [port] }) => {
  let feed = null
  const says = {
    watch: ({ since, ...asked }) => {
      feed ??= shared(asked)
      feed.watch(port, since)
    },
    leave: () => feed?.leave(port),
    resync: () => feed?.resync(port),
    check: () => feed?.check(),
    ticket: ({ ticket }) => feed?.ticketGiven(ticket),
  }
  port.onmessage = ({ data: { say, ...more } }) => says[say](more)
})

function shared(asked) {
  const { base, scope, carriers, first, player } = asked
  const key = JSON.stringify([base, scope, carriers, player])
  const known = feeds.get(key)
  if (known && !known.ended) return known
  for (const [old, feed] of feeds) if (feed.idle && feeds.size >= MAX_KEPT) feeds.delete(old)
  const make = (ticket) => new Feed(base, { scope, carriers, first, ticket: player ? ticket : null })
  const made = new SharedFeed(make, browser)
  feeds.set(key, made)
  return made
}
