// embed-page.js: a board in a frame on another site. It tells that site the height of its content.

import { define } from "./element.js"

define(document.baseURI)

if (parent !== window) {
  const main = document.querySelector("main")
  const board = document.querySelector("live-leaderboard").getAttribute("board")
  // Any site may frame a public board, and its height is no secret.
  const tell = () => parent.postMessage({ type: "scoreboard:height", board, height: main.offsetHeight }, "*")
  new ResizeObserver(tell).observe(main)
}
