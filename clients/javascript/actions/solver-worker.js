// solver-worker.js: solves one puzzle beside the page.

import { Puzzle } from "./puzzle.js"

addEventListener("message", ({ data }) => postMessage(new Puzzle(data).search(0, Infinity)), { once: true })
