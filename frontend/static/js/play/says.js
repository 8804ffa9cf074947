// says.js: what is said of a round: its receipt, or why there is none and what to do. Pure.

import { grouped } from "../words.js"

const RELOAD = "This board can't be played right now. Reload the page."
export const ON_THE_WAY = "Your points are on their way…"
const REFUSALS = {
  no_answer: "The server does not answer.",
  scoring_disabled: "You can't win points right now. Ask whoever runs this board.",
  action_token_expired: "These points came too late: a round has to arrive in time to count.",
  invalid_action_token: "This round was begun by somebody else, or before you came back as a new guest.",
  token_already_used: "This round was counted before, with other points.",
  queue_full: "Too many rounds wait already. Play on when they are sent.",
  overlapping_action: "Another round was played at the same time. Play one at a time.",
  unknown_action_type: RELOAD,
  board_not_found: RELOAD,
  board_not_open: RELOAD,
}

// `board` says how the page shows scores: { id, sign, decimals, unit }.
export function receiptText(receipt, board) {
  const won = `${board.sign}${grouped(receipt.increment, board.decimals).join("")}`
  const unit = board.unit || (receipt.increment === 1 ? "point" : "points")
  const rank = receipt.standings.find((one) => one.board === board.id)?.rank
  return rank ? `${won} ${unit}: you are ${ordinal(rank)}.` : `${won} ${unit}. Your rank follows in a moment.`
}

export function refusalText({ status, code, detail, retryAfterSeconds }) {
  if (code === "rate_limited") return `That was a lot at once. Play again in ${duration(retryAfterSeconds)}.`
  if (code === "cap_reached") return `You won all there is for now. There is more in ${duration(retryAfterSeconds)}.`
  if (status >= 500) return "The server can't take this right now."
  return REFUSALS[code] ?? detail
}

// A round that is over, and not lost.
export function unsentText(refusal) {
  return `${refusalText(refusal)} Your points wait here: send them again in a moment.`
}

// A round whose points are on their way, without anybody having to do anything.
export function keptText(refusal) {
  return `${refusalText(refusal)} Your points are kept, and sent as soon as they can be.`
}

export function ordinal(number) {
  const teen = number % 100 > 10 && number % 100 < 14
  const ending = teen ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th")
  return `${number}${ending}`
}

export function duration(seconds) {
  if (seconds < 100) return counted(Math.max(1, Math.ceil(seconds)), "second")
  if (seconds < 100 * 60) return counted(Math.ceil(seconds / 60), "minute")
  return counted(Math.ceil(seconds / 3600), "hour")
}

function counted(number, unit) {
  return `${number} ${unit}${number === 1 ? "" : "s"}`
}
