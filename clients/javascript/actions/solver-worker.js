// solver-worker.js: solves one puzzle in a worker.

import { Puzzle } from "./puzzle.js"

addEventListener("message", ({ data }) => postMessage(new Puzzle(data).search(0, Infinity)), { once: true })
