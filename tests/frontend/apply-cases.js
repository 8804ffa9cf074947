// Applies the frames of a file of cases, and prints the results as JSON.

import { readFileSync } from "node:fs"

import { apply, checksum, emptyBoard, ranks } from "../../clients/javascript/stream/board-state.js"
import { grouped, heading, scored } from "../../frontend/static/js/formatting.js"

const { boards, numbers, names } = JSON.parse(readFileSync(process.argv[2], "utf-8"))

console.log(
  JSON.stringify({
    boards: boards.map(({ snapshot, delta, ties }) => {
      const board = apply(apply(emptyBoard("main"), snapshot), delta)
      return {
        lines: board.lines,
        lost: board.lost,
        crc: checksum(board.lines),
        ranks: ties.map((rule) => ranks({ ...board, ties: rule })),
      }
    }),
    numbers: numbers.map(([value, decimals]) => grouped(value, decimals)),
    clocks: numbers.map(([value, decimals]) => scored(value, { decimals, unit: "s" })),
    names: names.map(heading),
  }),
)
