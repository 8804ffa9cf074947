// name-dialog.js: the dialog in which a player chooses their display name. Loaded when it is opened.

import { t } from "../messages.js"
import { loadStyle } from "./style.js"
import { nameRefusalText } from "./name-refusals.js"

// Resolves with the new name, or null if the dialog was closed without one.
export async function chooseName(player) {
  await loadStyle("account.css")
  const dialog = newDialog(player.displayName ?? "")
  document.body.append(dialog)
  dialog.showModal()
  dialog.querySelector("input").select()
  return new Promise((resolve) => {
    let name = null
    dialog.querySelector("form").addEventListener("submit", async (event) => {
      event.preventDefault()
      name = await save(dialog, player)
      if (name !== null) dialog.close()
    })
    dialog.addEventListener("close", () => (dialog.remove(), resolve(name)))
  })
}

// Resolves with null, and shows why, if the name was refused.
async function save(dialog, player) {
  const input = dialog.querySelector("input")
  const button = dialog.querySelector("[type=submit]")
  if (button.getAttribute("aria-disabled") === "true") return null
  button.setAttribute("aria-disabled", "true") // a disabled button would lose the focus
  try {
    return (await player.changeName(input.value)).displayName
  } catch (refusal) {
    dialog.querySelector(".problem").textContent = nameRefusalText(refusal)
    input.setAttribute("aria-invalid", "true")
    input.focus()
    return null
  } finally {
    button.removeAttribute("aria-disabled")
  }
}

function newDialog(name) {
  const dialog = made("dialog", { className: "dialog name-dialog" })
  dialog.setAttribute("aria-labelledby", "name-title")
  const form = made("form", { className: "account-form", method: "post" })
  const cancel = made("button", { type: "button", className: "cancel", textContent: t("name.cancel") })
  cancel.addEventListener("click", () => dialog.close())
  const actions = made("p", { className: "actions" })
  actions.append(made("button", { type: "submit", textContent: t("name.save") }), cancel)
  form.append(field(name), actions)
  dialog.append(made("h2", { id: "name-title", textContent: t("name.choose") }), form)
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close()) // outside of it
  return dialog
}

function field(name) {
  const box = made("div", { className: "field" })
  const label = made("label", { htmlFor: "display-name", textContent: t("name.label") })
  const input = made("input", { id: "display-name", name: "displayName", value: name, required: true, dir: "auto" })
  input.autocomplete = "nickname"
  input.spellcheck = false
  input.setAttribute("aria-describedby", "name-how name-problem")
  const how = made("p", { className: "quiet", id: "name-how", textContent: t("name.how") })
  const problem = made("p", { className: "problem", id: "name-problem" })
  problem.setAttribute("role", "alert")
  box.append(label, input, how, problem)
  return box
}

function made(tag, properties) {
  return Object.assign(document.createElement(tag), properties)
}
