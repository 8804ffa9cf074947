// Applies the frames of a file of cases, and prints the results as JSON.

import { readFileSync } from "node:fs"

import { apply, checksum, emptyBoard, ranks } from "../../clients/javascript/stream/board-state.js"
import { periodName } from "../../frontend/static/js/board/period-name.js"
import { grouped, heading, numberStyle, scored } from "../../frontend/static/js/formatting.js"

const { boards, numbers, names, languages, periods } = JSON.parse(readFileSync(process.argv[2], "utf-8"))

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
    numbers: inEach((tag) => numbers.map(([value, decimals]) => grouped(value, decimals, numberStyle(tag)))),
    clocks: inEach((tag) => numbers.map(([value, decimals]) => scored(value, { decimals, unit: "s" }, numberStyle(tag)))),
    sentences: inEach((tag) => numbers.map(([value]) => new Intl.NumberFormat(tag, { numberingSystem: "latn" }).format(value))),
    periods: inEach((tag) => periods.map((id) => periodName(id, tag, 2026))),
    names: names.map(heading),
  }),
)

function inEach(write) {
  return Object.fromEntries(languages.map((tag) => [tag, write(tag)]))
}
