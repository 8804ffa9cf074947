// offer.js: the button that starts the game. The game is loaded when a pointer or the focus comes near, or when points
// of an earlier visit still wait.

import { storedKeys } from "../../../sdk/browser-storage.js"
import { t } from "../messages.js"

const NEAR = ["pointerenter", "focus"]

export function offer(section, stored) {
  const button = section.querySelector("button")
  let playing = null
  const load = () => (playing ??= import("./play.js").then(({ playButton }) => playButton(section, stored)))
  const press = () => load().then((loaded) => loaded.press())
  const sayWhy = () => (section.querySelector("[role=status]").textContent = t("play.failed"))
  for (const near of NEAR) button.addEventListener(near, () => load().catch(sayWhy), { once: true })
  button.addEventListener("click", () => press().catch(sayWhy))
  section.classList.add("ready")
  if (storedKeys(`scoreboard.action ${stored.server} `).length) load().catch(() => {})
}
