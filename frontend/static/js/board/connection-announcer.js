// connection-announcer.js: decides when to announce that the connection is lost, and that it is back.

import { t } from "../messages.js"

const LOST_MS = 5000 // shorter interruptions are not announced
const LOST = ["stale", "reconnecting", "offline", "ended"]
const BACK = ["live", "polling"]

export class ConnectionAnnouncer {
  #since = null // when the connection was lost
  #said = false // whether the loss was announced

  // The announcement to make for a state of the badge; "" for none.
  news(state, now) {
    this.#since = LOST.includes(state) ? (this.#since ?? now) : null
    if (this.#said === (this.#since !== null)) return ""
    if (this.#said && !BACK.includes(state)) return ""
    if (!this.#said && now - this.#since < LOST_MS) return ""
    this.#said = !this.#said
    return this.#said ? t("board.lost") : t("board.found")
  }
}
