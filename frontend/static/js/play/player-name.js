// player-name.js: the line with the player's display name, and the button to choose another one.

import { t } from "../messages.js"

// `player` has no id before the first round.
export function showName(line, player) {
  line.hidden = player.id === null
  const text = player.displayName === null ? "" : t("play.you", { name: player.displayName })
  if (line.firstElementChild.textContent !== text) line.firstElementChild.textContent = text
}
