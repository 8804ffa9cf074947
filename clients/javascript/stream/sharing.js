// sharing.js: the feed that a page follows.

import { PageFeed } from "./page-feed.js"

// `base` is where the server is: "" for the page's own. It has the events and the methods of a Feed.
export function feedFor(base, options) {
  return new PageFeed(base, options)
}
