// sessions.js: the list of the player's open sessions. All but the one of this browser can be ended here.

import { ago, t, time } from "../messages.js"
import { answered } from "./form.js"

const WHEN = { dateStyle: "medium", timeStyle: "short" }

export class Sessions {
  #section
  #player

  constructor(section, player) {
    this.#section = section
    this.#player = player
    this.#find(".end-others").addEventListener("click", () => this.#end(() => player.endOtherSessions(), "account.othersEnded"))
  }

  load() {
    return answered(this.#section, async () => this.#render(await this.#player.sessions()))
  }

  #render(sessions) {
    this.#find("ul").replaceChildren(...sessions.map((session) => this.#item(session)))
    this.#find(".end-others").hidden = sessions.length < 2
  }

  // The button that was pressed is gone afterwards: the heading gets the focus.
  async #end(end, text) {
    const ended = await answered(this.#section, async () => {
      await end()
      this.#render(await this.#player.sessions())
      return t(text)
    })
    if (ended) this.#find("h2").focus()
  }

  #item({ id, createdAt, lastUsedAt, current }) {
    const item = document.createElement("li")
    const opened = time(Date.parse(createdAt), WHEN)
    item.append(line("", t("account.opened", { time: opened })))
    item.append(line("quiet", t("account.used", { ago: ago(Math.max(0, Date.now() - Date.parse(lastUsedAt))) })))
    item.append(current ? line("this-browser", t("account.thisBrowser")) : this.#endButton(id, opened))
    return item
  }

  #endButton(id, opened) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = t("account.end")
    button.setAttribute("aria-label", t("account.endOf", { time: opened }))
    button.addEventListener("click", () => this.#end(() => this.#player.endSession(id), "account.ended"))
    return button
  }

  #find(selector) {
    return this.#section.querySelector(selector)
  }
}

function line(className, text) {
  return Object.assign(document.createElement("span"), { className, textContent: text })
}
