// embed-page.js: a board in a frame of another site's page, which is told how high the frame should be.

import { define } from "./element.js"

define(document.baseURI)

if (parent !== window) {
  const main = document.querySelector("main")
  const board = document.querySelector("live-leaderboard").getAttribute("board")
  // Anybody may frame a public board, and its height is no secret.
  const tell = () => parent.postMessage({ type: "scoreboard:height", board, height: main.offsetHeight }, "*")
  new ResizeObserver(tell).observe(main)
}
