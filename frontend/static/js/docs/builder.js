// builder.js: the embed builder: a form, the code, and a preview.

import { copyable } from "../copy-field.js"
import { embedOf } from "./embed-code.js"

const PREVIEW_MS = 400 // the number may be incomplete while it is typed

const root = document.getElementById("builder")
const form = root.querySelector("form")
const preview = root.querySelector(".preview")
let timer = null

function choice() {
  const { kind, board, rows, theme, scale } = form.elements
  return {
    kind: kind.value,
    url: root.dataset.url,
    board: board.value,
    title: board.selectedOptions[0].text,
    rows: rows.valueAsNumber || Number(rows.defaultValue),
    theme: theme.value,
    hide: [...form.querySelectorAll("[name=hide]:checked")].map((box) => box.value),
    scale: scale.valueAsNumber || Number(scale.defaultValue),
  }
}

function show() {
  const chosen = choice()
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(chosen.kind)
  const { address, code } = embedOf(chosen)
  root.querySelector("code").textContent = code
  root.querySelector(".open").href = address
  preview.dataset.kind = chosen.kind
  clearTimeout(timer)
  timer = setTimeout(() => loadPreview(address), PREVIEW_MS)
}

// Only path and query: behind a proxy the scheme of this page may differ from the one that the server knows.
function loadPreview(address) {
  const { pathname, search } = new URL(address)
  const here = new URL(pathname + search, location).href
  if (preview.src !== here) preview.src = here
}

form.addEventListener("input", show)
form.addEventListener("submit", (event) => event.preventDefault())
root.hidden = false
copyable(root.querySelector(".copy-field"))
show()
