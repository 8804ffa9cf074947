import assert from "node:assert/strict"
import { test } from "node:test"

import { apply, checksum, emptyBoard, ranks } from "../../clients/javascript/stream/board-state.js"

const ada = { id: "ada", n: "Ada", s: 10 }
const bob = { id: "bob", n: "Bob", s: 8, c: [3] }

function snapshot(top, more = {}) {
  return {
    t: "snapshot", id: "7-1", b: "main", s: 1, why: "initial", size: 100, rank: "ordinal", period: "all",
    columns: [], tot: top.length, crc: checksum(top), at: "", top, ...more,
  }
}

function delta(lines, change, more = {}) {
  return { t: "delta", id: "7-2", b: "main", p: 1, s: 2, rm: [], up: [], crc: checksum(lines), at: "", ...change, ...more }
}

function boardWith(...top) {
  return apply(emptyBoard("main"), snapshot(top))
}

test("a checksum is the CRC-32 that zlib computes", () => {
  assert.equal(checksum([]), "00000000")
  assert.equal(checksum([{ id: "ada", s: 10 }, { id: "bob", s: -8 }]), "42f7871c")
})

test("a snapshot replaces the board", () => {
  const board = apply(boardWith(ada), snapshot([bob], { s: 9, period: "2026-W01", tot: 40, columns: ["wins"] }))

  assert.deepEqual(board.lines, [bob])
  assert.deepEqual([board.s, board.period, board.total, board.lost], [9, "2026-W01", 40, ""])
})

test("a delta moves, changes, adds and removes", () => {
  const eve = { id: "eve", n: "Eve", s: 12, c: [] }
  const risen = { ...bob, s: 11 }

  const board = apply(
    boardWith(ada, bob),
    delta([eve, risen], { rm: ["ada"], up: [[0, { id: "eve", n: "Eve", s: 12 }], [1, { id: "bob", s: 11 }]], tot: 3 }),
  )

  assert.deepEqual(board.lines, [eve, risen])
  assert.deepEqual([board.s, board.total, board.lost], [2, 3, ""])
})

test("shown metadata comes with a row, changes and goes with it", () => {
  const red = { ...ada, c: [], m: { team: "Red" } }
  const board = apply(emptyBoard("main"), snapshot([red], { show: [{ field: "team", as: "text", title: "" }] }))
  const to = (m, more) => apply(board, delta([red], { up: [[0, { id: "ada", m }]] }, more)).lines[0]

  assert.deepEqual(board.lines, [red])
  assert.deepEqual(board.show, [{ field: "team", as: "text", title: "" }])
  assert.deepEqual(to({ team: "Blue" }), { ...red, m: { team: "Blue" } })
  assert.deepEqual(to(null), { ...ada, c: [] })
  assert.deepEqual(apply(board, delta([{ ...red, s: 11 }], { up: [[0, { id: "ada", s: 11 }]] })).lines[0].m, red.m)
})

test("a delta that came before changes nothing", () => {
  const board = boardWith(ada)

  assert.equal(apply(board, delta([], { rm: ["ada"] }, { p: 0, s: 1 })), board)
})

test("a delta that does not follow is a gap", () => {
  const board = apply(boardWith(ada), delta([], {}, { p: 5, s: 6 }))

  assert.equal(board.lost, "gap")
  assert.deepEqual(board.lines.map((line) => line.id), ["ada"])
})

test("a delta about an unknown player without a name is a gap", () => {
  assert.equal(apply(boardWith(ada), delta([ada], { up: [[0, { id: "eve", s: 3 }]] })).lost, "gap")
})

test("a list whose checksum differs is lost", () => {
  assert.equal(apply(emptyBoard("main"), snapshot([ada], { crc: "0badc0de" })).lost, "checksum")
  assert.equal(apply(boardWith(ada), delta([], {}, { crc: "0badc0de" })).lost, "checksum")
})

test("a heartbeat shows whether frames were missed", () => {
  const board = boardWith(ada)
  const heartbeat = (s, crc) => ({ t: "hb", id: "7-5", b: [["other", 5, "00000000"], ["main", s, crc]] })

  assert.equal(apply(board, heartbeat(1, checksum([ada]))).lost, "")
  assert.equal(apply(board, heartbeat(2, checksum([ada]))).lost, "gap")
  assert.equal(apply(board, heartbeat(1, checksum([]))).lost, "checksum")
})

test("frames of other boards, and frames of a later protocol, change nothing", () => {
  const board = boardWith(ada)

  assert.equal(apply(board, snapshot([], { b: "main:eu" })), board)
  assert.equal(apply(board, { t: "notice", b: "main", viewers: 3 }), board)
})

test("after a reset only a snapshot helps", () => {
  const reset = apply(boardWith(ada), { t: "reset", b: "main", why: "wiped" })

  assert.equal(apply(reset, delta([ada], {})).lost, "gap")
  assert.deepEqual(apply(reset, snapshot([])).lines, [])
})

test("ranks follow the board's tie rule, and columns break ties", () => {
  const lines = [[9, 2], [9, 2], [9, 1], [4, 0]].map(([s, c], index) => ({ id: `p${index}`, n: "", s, c: [c] }))

  assert.deepEqual(ranks({ ties: "ordinal", lines }), [1, 2, 3, 4])
  assert.deepEqual(ranks({ ties: "competition", lines }), [1, 1, 3, 4])
  assert.deepEqual(ranks({ ties: "dense", lines }), [1, 1, 2, 3])
})
