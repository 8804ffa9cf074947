// solver.js: solves puzzles without blocking the page: in a worker, or, if there are no workers, a slice at a
// time. No DOM.

import { Puzzle } from "./puzzle.js"

const SLICE = 2000 // a few milliseconds

const browser = {
  worker: () => new Worker(new URL("./solver-worker.js", import.meta.url), { type: "module" }),
  breathe: () => new Promise((resume) => setTimeout(resume)),
}

export class Solver {
  #platform

  constructor(platform = browser) {
    this.#platform = platform
  }

  async solve(puzzle) {
    try {
      return await this.#beside(puzzle)
    } catch {
      return this.#between(new Puzzle(puzzle))
    }
  }

  async #beside(puzzle) {
    const worker = this.#platform.worker()
    try {
      return await new Promise((solved, failed) => {
        worker.addEventListener("message", ({ data }) => solved(data))
        worker.addEventListener("error", failed)
        worker.postMessage(puzzle)
      })
    } finally {
      worker.terminate()
    }
  }

  async #between(puzzle) {
    for (let first = 0; ; first += SLICE) {
      const solution = puzzle.search(first, SLICE)
      if (solution !== null) return solution
      await this.#platform.breathe()
    }
  }
}
