// live.js: opens a board's feed.

import { PageFeed } from "../../../sdk/stream/page-feed.js"

const NOWHERE = "0-0" // the server has not published the board yet: there is nothing to resume

// `base` is the server's address with a slash at its end; `since` is a cursor, "" to begin with a snapshot. `always`
// keeps the connection of a hidden page, as on a big screen.
export function openFeed(base, { scope, since = "", always }) {
  return new PageFeed(base.replace(/\/$/, ""), {
    scope,
    since: since === NOWHERE ? "" : since,
    ...(always && { hiddenMs: Infinity }),
  })
}
