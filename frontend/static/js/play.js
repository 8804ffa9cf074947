// play.js: what playing needs, put together. Loaded when somebody wants to play.

import { Actions } from "../../sdk/actions/actions.js"
import { Api } from "../../sdk/actions/api.js"
import { Game } from "./game.js"
import { PlayButton } from "./play-button.js"
import { Session } from "../../sdk/actions/session.js"
import { Solver } from "../../sdk/actions/solver.js"

export function playButton(section, stored) {
  const { api, action, board, sign, decimals, unit } = section.dataset
  const session = new Session({ api: new Api(api), stored })
  const actions = new Actions({ session, solver: new Solver() })
  const shown = { id: board, sign, decimals: Number(decimals), unit }
  return new PlayButton(section, new Game({ type: action, board: shown, actions }))
}
