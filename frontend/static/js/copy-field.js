// copy-field.js: a button that copies the text beside it.

import { t } from "./messages.js"

const SAID_MS = 2000

export function copyable(field) {
  const source = field.querySelector("code")
  const button = document.createElement("button")
  button.type = "button"
  button.textContent = t("copy.copy")
  button.addEventListener("click", async () => {
    button.textContent = (await copied(source)) ? t("copy.copied") : t("copy.press")
    setTimeout(() => (button.textContent = t("copy.copy")), SAID_MS)
  })
  field.append(button)
}

// Over plain http, as in a local network, there is no navigator.clipboard: select the text, and use execCommand.
async function copied(source) {
  try {
    await navigator.clipboard.writeText(source.textContent)
    return true
  } catch {
    getSelection().selectAllChildren(source)
    return document.execCommand("copy")
  }
}
