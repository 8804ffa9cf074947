// play.js: the game on a board's page. Loaded when somebody wants to play.

import { Api } from "../../../sdk/actions/api.js"
import { Player } from "../../../sdk/actions/player.js"
import { Game } from "./game.js"
import { PlayButton } from "./play-button.js"

export function playButton(section, stored) {
  const { api, action, board, sign, decimals, unit } = section.dataset
  const actions = new Player({ api: new Api(api), stored })
  const shown = { id: board, sign, decimals: Number(decimals), unit }
  return new PlayButton(section, new Game({ type: action, board: shown, actions }))
}
