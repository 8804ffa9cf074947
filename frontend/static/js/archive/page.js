// page.js: the script of a board's archive. It writes periods as dates in the reader's language.

import { periodText } from "../period-text.js"

for (const list of document.querySelectorAll(".archive")) {
  for (const name of list.querySelectorAll("[data-from]")) {
    const { from, to, kind } = name.dataset
    name.title = name.textContent
    name.textContent = periodText({ from: Number(from), to: Number(to), kind, zone: list.dataset.zone })
    name.dir = "auto"
  }
}
