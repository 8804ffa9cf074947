// play.js: what playing needs, put together. Loaded when somebody wants to play.

import { Actions } from "./actions.js"
import { Api } from "./api.js"
import { Game } from "./game.js"
import { PlayButton } from "./play-button.js"
import { Session } from "./session.js"
import { Solver } from "./solver.js"

export function playButton(section, stored) {
  const { api, action, board, sign, decimals, unit } = section.dataset
  const session = new Session({ api: new Api(api), stored })
  const actions = new Actions({ session, solver: new Solver() })
  const shown = { id: board, sign, decimals: Number(decimals), unit }
  return new PlayButton(section, new Game({ type: action, board: shown, actions }))
}
