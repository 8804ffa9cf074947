// live.js: where a board's feed comes from: the one place that knows how one is made.

import { PageFeed } from "../../../sdk/stream/page-feed.js"

const NOWHERE = "0-0" // the server has not published the board yet, so there is nothing to resume

// `base` is the server's address with a slash at its end; `since` a cursor, "" to begin with a snapshot.
// `always`: stay connected while nobody looks, as on a big screen.
export function openFeed(base, { scope, since = "", always }) {
  return new PageFeed(base.replace(/\/$/, ""), {
    scope,
    since: since === NOWHERE ? "" : since,
    ...(always && { hiddenMs: Infinity }),
  })
}
