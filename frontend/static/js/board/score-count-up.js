// score-count-up.js: a changed score counts up to its new value, and shows the difference. No number on the way
// contradicts the order of the rows.

import { scored } from "../formatting.js"
import { part, writeNumber } from "./row.js"
import { visible } from "./slides.js"

const COUNT_MS = 300
const RISE_MS = 900
const GLOW_MS = 1600
const MAX_COUNTS = 12 // more at once is noise, and work for every frame
const REST_MS = 600 // scores that follow one another faster don't count up

const counting = new Map() // cells, with functions that show their final score
let changedAt = -Infinity

// `scored` are { row, from, to, next }; `from` is null for a new row, `next` is the score of the row below, if any.
export function showScoreChanges(scored, format, still) {
  const seen = scored.filter(({ row }) => visible(row.getBoundingClientRect().top))
  for (const { row } of seen) glow(row)
  const calm = isCalm(performance.now(), scored.length)
  for (const finish of counting.values()) finish()
  if (still || seen.length > MAX_COUNTS) return
  for (const { row, from, to, next } of seen) {
    const cell = part(row, "score")
    if (!cell || from === null || from === to) continue
    rise(cell, from, to, format)
    if (calm) countUp(cell, between(from, to, next ?? from), to, format)
  }
}

// Where a score begins to count, so that it is never beyond its own row or the one below.
export function between(from, to, next) {
  return Math.min(Math.max(from, Math.min(to, next)), Math.max(to, next))
}

function glow(row) {
  row.animate([{ backgroundColor: "var(--glow)", offset: 0 }], { duration: GLOW_MS, easing: "ease-out" })
}

// CSS shows the text as generated content, so that reading and copying gives the score alone.
async function rise(cell, from, to, format) {
  const gain = `${to > from ? "+" : ""}${scored(to - from, format).join("\u2009")}`
  cell.dataset.gain = gain
  const frames = [
    { opacity: 0, transform: "translateY(0.5em)" },
    { opacity: 1, transform: "none", offset: 0.2 },
    { opacity: 1, transform: "none", offset: 0.7 },
    { opacity: 0, transform: "translateY(-0.6em)" },
  ]
  const rising = cell.animate(frames, { duration: RISE_MS, easing: "ease-out", pseudoElement: "::after" })
  await rising.finished.catch(() => null)
  if (cell.dataset.gain === gain) delete cell.dataset.gain
}

function countUp(cell, from, to, format) {
  if (from === to) return
  const began = performance.now()
  const write = (value) => writeNumber(cell, to, scored(value, format))
  const finish = () => {
    counting.delete(cell)
    if (Number(cell.dataset.value) === to) write(to) // otherwise a newer score took over
  }
  const step = (now) => {
    if (counting.get(cell) !== finish) return
    const done = Math.max(0, (now - began) / COUNT_MS)
    if (done >= 1 || !cell.isConnected) return finish()
    write(Math.round(from + (to - from) * done))
    requestAnimationFrame(step)
  }
  counting.set(cell, finish)
  write(from)
  requestAnimationFrame(step)
}

function isCalm(now, changes) {
  const calm = now - changedAt >= REST_MS
  if (changes) changedAt = now
  return calm
}
