// copy-field.js: a button that copies the text beside it.

import { t } from "./messages.js"

const SAID_MS = 2000

export function copyable(field) {
  const source = field.querySelector("code")
  const button = document.createElement("button")
  button.type = "button"
  button.textContent = t("copy.copy")
  button.addEventListener("click", async () => {
    const select = () => getSelection().selectAllChildren(source)
    button.textContent = (await copyText(source.textContent, select)) ? t("copy.copied") : t("copy.press")
    setTimeout(() => (button.textContent = t("copy.copy")), SAID_MS)
  })
  field.append(button)
}

// Whether it was copied. Over plain http, as in a local network, there is no navigator.clipboard: `select` selects the
// text, and execCommand copies the selection.
export async function copyText(text, select) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    select()
    return document.execCommand("copy")
  }
}
