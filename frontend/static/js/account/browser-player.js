// browser-player.js: the player of this browser, on the server that serves this page.

import { Api } from "../../../sdk/actions/api.js"
import { Player } from "../../../sdk/actions/player.js"
import { ownServer } from "../../../sdk/browser-storage.js"

export function browserPlayer(stored) {
  return new Player({ api: new Api(`${ownServer}v1`), stored })
}
