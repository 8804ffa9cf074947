// live.js: where a board's feed comes from: the one place that knows how one is made.

import { Feed } from "../../../sdk/stream/feed.js"

const NOWHERE = "0-0" // the server has not published the board yet, so there is nothing to resume

// `base` is the server's address with a slash at its end; `since` a cursor, "" to begin with a snapshot.
export function openFeed(base, { scope, since = "" }) {
  return new Feed(`${base}v1/stream`, { scope, since: since === NOWHERE ? "" : since })
}
