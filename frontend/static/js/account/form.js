// form.js: a form that calls the API. Problems are said beside their fields, and aloud; a repeated press while a call
// is under way does nothing.

import { t } from "../messages.js"
import { explained } from "./refusals.js"

// `submit` gets the values of the fields, and resolves with the text to show. If it throws a Refusal, that is shown.
export function handleForm(form, submit) {
  let busy = false
  form.addEventListener("input", ({ target }) => clearField(form, target)) // it may be mended: the next call tells
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    if (busy) return
    busy = true
    await answered(form, () => submit(Object.fromEntries(new FormData(form))))
    busy = false
  })
}

// Run a call of a part of the page, and say what came of it. Resolves with whether it succeeded.
export async function answered(part, call) {
  clear(part)
  say(part, t("account.working"))
  try {
    say(part, (await call()) ?? "")
    return true
  } catch (refusal) {
    say(part, "")
    showProblem(part, explained(refusal))
    return false
  }
}

function say(part, text) {
  part.querySelector(".said").textContent = text
}

function clear(part) {
  for (const problem of part.querySelectorAll(".problem")) problem.textContent = ""
  for (const input of part.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid")
}

function clearField(part, input) {
  if (!input.hasAttribute("aria-invalid")) return
  input.removeAttribute("aria-invalid")
  part.querySelector(`#${input.name}-problem`).textContent = ""
}

function showProblem(part, { field, text }) {
  const input = field && part.querySelector(`[name="${field}"]`)
  if (!input) return (part.querySelector(".problem[role=alert]").textContent = text)
  input.setAttribute("aria-invalid", "true")
  part.querySelector(`#${field}-problem`).textContent = text
  input.focus()
}
