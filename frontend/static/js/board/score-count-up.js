// score-count-up.js: a changed score counts up to its new value, and shows the difference.

import { scored } from "../formatting.js"
import { part, writeNumber } from "./row.js"
import { visible } from "./slides.js"

const COUNT_MS = 300
const RISE_MS = 900
const GLOW_MS = 1600
const MAX_COUNTS = 12 // more at once is noise, and work for every frame

// `scored` are { row, from, to }; `from` is null for a new row.
export function showScoreChanges(scored, format, still) {
  const seen = scored.filter(({ row }) => visible(row.getBoundingClientRect().top))
  for (const { row } of seen) glow(row)
  if (still || seen.length > MAX_COUNTS) return
  for (const { row, from, to } of seen) {
    const cell = part(row, "score")
    if (!cell || from === null || from === to) continue
    rise(cell, from, to, format)
    countUp(cell, from, to, format)
  }
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
  const began = performance.now()
  const step = (now) => {
    if (Number(cell.dataset.value) !== to || !cell.isConnected) return // a newer score took over
    const done = Math.min(1, Math.max(0, (now - began) / COUNT_MS))
    writeNumber(cell, to, scored(done < 1 ? Math.round(from + (to - from) * done) : to, format))
    if (done < 1) requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
}
