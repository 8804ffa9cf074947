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
  const commands = {
    watch: ({ since, ...request }) => {
      feed ??= feedFor(request)
      feed.watch(port, since)
    },
    leave: () => feed?.leave(port),
    resync: () => feed?.resync(port),
    check: () => feed?.check(),
    ticket: ({ ticket }) => feed?.acceptTicket(ticket),
  }
  port.onmessage = ({ data: { say, ...more } }) => commands[say](more)
})

function feedFor(request) {
  const { base, scope, carriers, first, player } = request
  const key = JSON.stringify([base, scope, carriers, player])
  const present = feeds.get(key)
  if (present && !present.ended) return present
  for (const [old, { idle }] of feeds) if (idle && feeds.size >= MAX_KEPT) feeds.delete(old)
  const make = (ticket) => new Feed(base, { scope, carriers, first, ticket: player ? ticket : null })
  const feed = new SharedFeed(make, browser)
  feeds.set(key, feed)
  return feed
}
