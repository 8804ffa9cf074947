// solver.js: solves puzzles without blocking the page: in a worker, or, if there are no workers, a slice at a
// time. No DOM.

import { Puzzle } from "./puzzle.js"

const SLICE = 2000 // a few milliseconds

const browser = {
  worker: () => new Worker(new URL("./solver-worker.js", import.meta.url), { type: "module" }),
  yieldToPage: () => new Promise((resume) => setTimeout(resume)),
}

export class Solver {
  #platform

  constructor(platform = browser) {
    this.#platform = platform
  }

  async solve(puzzle) {
    try {
      return await this.#solveInWorker(puzzle)
    } catch {
      return this.#solveInSlices(new Puzzle(puzzle))
    }
  }

  async #solveInWorker(puzzle) {
    const worker = this.#platform.worker()
    try {
      return await new Promise((resolve, reject) => {
        worker.addEventListener("message", ({ data }) => resolve(data))
        worker.addEventListener("error", reject)
        worker.postMessage(puzzle)
      })
    } finally {
      worker.terminate()
    }
  }

  async #solveInSlices(puzzle) {
    for (let first = 0; ; first += SLICE) {
      const solution = puzzle.search(first, SLICE)
      if (solution !== null) return solution
      await this.#platform.yieldToPage()
    }
  }
}
