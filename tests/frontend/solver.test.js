import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"

import { Puzzle } from "../../clients/javascript/actions/puzzle.js"
import { Solver } from "../../clients/javascript/actions/solver.js"

const PUZZLE = { nonce: "a-nonce", checksum: "c".repeat(64), difficulty: 12 }

test("the solution is the first number that gives enough zero bits", () => {
  for (const difficulty of [1, 7, 8, 9, 12]) {
    const puzzle = { ...PUZZLE, difficulty }
    const solution = new Puzzle(puzzle).search(0, Infinity)

    let first = 0
    while (zeroBits(puzzle, first) < difficulty) first += 1
    assert.equal(solution, String(first))
  }
})

test("a puzzle without difficulty takes any number", () => {
  assert.equal(new Puzzle({ ...PUZZLE, difficulty: 0 }).search(0, 1), "0")
})

test("a search finds nothing outside of its range", () => {
  const solution = Number(new Puzzle(PUZZLE).search(0, Infinity))

  assert.equal(new Puzzle(PUZZLE).search(0, solution), null)
  assert.equal(new Puzzle(PUZZLE).search(solution, 1), String(solution))
})

test("a worker solves it, and is terminated", async () => {
  const worker = new Worker((puzzle) => ["message", { data: `solved ${puzzle.nonce}` }])

  assert.equal(await new Solver({ worker: () => worker }).solve(PUZZLE), "solved a-nonce")
  assert.equal(worker.ended, true)
})

test("without a worker it is solved in slices, between which the page can run", async () => {
  const hard = { ...PUZZLE, difficulty: 15 }
  const solution = new Puzzle(hard).search(0, Infinity)
  const missing = () => {
    throw new ReferenceError("Worker is not defined")
  }
  const broken = new Worker(() => ["error", {}])

  for (const worker of [missing, () => broken]) {
    let yields = 0
    const solver = new Solver({ worker, yieldToPage: async () => (yields += 1) })
    assert.equal(await solver.solve(hard), solution)
    assert.equal(yields, Math.floor(Number(solution) / 2000))
  }
  assert.ok(Number(solution) > 2000, "or it says nothing about slices")
  assert.equal(broken.ended, true)
})

// A worker with a prepared answer.
class Worker extends EventTarget {
  ended = false
  #answer

  constructor(answer) {
    super()
    this.#answer = answer
  }

  postMessage(puzzle) {
    const [type, fields] = this.#answer(puzzle)
    queueMicrotask(() => this.dispatchEvent(Object.assign(new Event(type), fields)))
  }

  terminate() {
    this.ended = true
  }
}

function zeroBits({ nonce, checksum }, number) {
  const digest = createHash("sha256").update(`${nonce}:${checksum}:${number}`).digest("hex")
  const bits = [...digest].map((digit) => parseInt(digit, 16).toString(2).padStart(4, "0")).join("")
  return bits.indexOf("1")
}
