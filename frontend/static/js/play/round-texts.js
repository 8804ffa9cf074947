// round-texts.js: the texts about a round of the game: its receipt, or why there is none and what the player can do.

import { soon, t } from "../messages.js"
import { writtenOut } from "../formatting.js"

const REFUSALS = {
  no_answer: "play.noAnswer",
  scoring_disabled: "play.disabled",
  account_suspended: "play.disabled",
  action_token_expired: "play.expired",
  invalid_action_token: "play.notYours",
  token_already_used: "play.twice",
  queue_full: "play.full",
  discarded: "play.discarded",
  overlapping_action: "play.overlapping",
  unknown_action_type: "play.reload",
  board_not_found: "play.reload",
  board_not_open: "play.reload",
}

// Points in the board's format. `board` is { id, sign, decimals, unit }.
export function wonText(points, board) {
  return `${board.sign}${writtenOut(points, board.decimals)}`
}

export function receiptText({ increment, standings }, board) {
  const won = wonText(increment, board)
  const points = board.unit ? `${won} ${board.unit}` : t("play.won", { n: increment, won })
  const rank = standings.find((one) => one.board === board.id)?.rank
  return rank ? t("play.ranked", { points, rank }) : t("play.unranked", { points })
}

export function refusalText({ status, code, detail, retryAfterSeconds }) {
  if (code === "rate_limited") return t("play.rateLimited", { soon: soon(retryAfterSeconds) })
  if (code === "cap_reached") return t("play.capReached", { soon: soon(retryAfterSeconds) })
  if (status >= 500 || code.startsWith("http_")) return t("play.busy")
  return REFUSALS[code] ? t(REFUSALS[code]) : detail
}

// For a round that could not begin.
export function noRoundText(refusal) {
  return refusal.code === "no_answer" ? t("play.noRound") : refusalText(refusal)
}

// For a finished round that could not be sent, and can be sent again.
export function unsentText(refusal) {
  return t("play.unsent", { why: refusalText(refusal) })
}

// For a finished round that the action queue will send by itself.
export function queuedText(refusal) {
  return t("play.kept", { why: refusalText(refusal) })
}
