// period-end.js: counts down to the end of the period that a board shows, and goes on with the next period.

import { showCountdowns } from "./countdown.js"

const TICK_MS = 1000

// `shown` contains the <time data-ends="…">, `board` is the element.
export function countDown(shown, board) {
  const time = shown.querySelector("time")
  let { period } = shown.dataset
  showCountdowns(shown)
  setInterval(() => showCountdowns(shown), TICK_MS)
  board.addEventListener("lb-update", async ({ detail }) => {
    if (detail.period === period) return
    period = detail.period
    const next = await endOf(shown.dataset.address, period)
    shown.hidden = next === null
    if (next !== null) time.dataset.ends = next
    showCountdowns(shown)
  })
}

// When the current period ends; null if it is another period, or that can't be found out now.
async function endOf(address, period) {
  const answer = await fetch(address).catch(() => null)
  const { currentPeriod } = answer?.ok ? (await answer.json()).data : {}
  return currentPeriod?.id === period && currentPeriod.endsAt ? Date.parse(currentPeriod.endsAt) : null
}
