// header-link.js: the link to the account, at the head of every page, shows the name of this browser's player. The name
// is in the stored session: nothing is requested.

import { StoredSession } from "../../../sdk/actions/stored-session.js"

export function showAccount(link) {
  if (!link) return // a page in a frame has no head
  const stored = new StoredSession()
  const nobody = link.textContent
  const show = () => {
    const name = stored.read()?.name
    link.textContent = name ?? nobody
    if (name) link.setAttribute("aria-label", `${link.dataset.account} ${name}`.trim())
    else link.removeAttribute("aria-label")
  }
  link.dir = "auto"
  show()
  for (const type of ["scoreboard.session", "storage"]) addEventListener(type, show)
}
