// queue-banner.js: the banner for actions that could not be sent yet.

import { t } from "../messages.js"

const SURE_MS = 5000

export class QueueBanner {
  #banner
  #queue
  #sure = null

  constructor(banner, queue) {
    this.#banner = banner
    this.#queue = queue
    this.#find(".send").addEventListener("click", () => queue.send())
    this.#find(".discard").addEventListener("click", () => this.#discard())
    queue.addEventListener("change", () => this.#render())
    this.#render()
  }

  // Actions that are being sent for the first time are not shown.
  #render() {
    const waiting = this.#queue.waiting
    const text = waiting.some(({ refusal }) => refusal) ? t("play.actionsWait", { n: waiting.length }) : ""
    this.#banner.hidden = text === ""
    const status = this.#find("[role=status]")
    if (status.textContent !== text) status.textContent = text
  }

  // Discarded points can't be restored: it takes a second press.
  #discard() {
    const button = this.#find(".discard")
    clearTimeout(this.#sure)
    if (this.#sure === null) {
      button.textContent = t("play.sure")
      this.#sure = setTimeout(() => this.#relax(button), SURE_MS)
    } else {
      this.#relax(button)
      this.#queue.discard()
    }
  }

  #relax(button) {
    this.#sure = null
    button.textContent = t("play.discard")
  }

  #find(selector) {
    return this.#banner.querySelector(selector)
  }
}
