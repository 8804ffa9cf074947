// signed-in.js: the line above a form that says that a player is signed in already.

import { t } from "../messages.js"

// Whether a player with a user name is signed in.
export function showSignedIn(stored) {
  const known = stored.read()
  const line = document.querySelector(".signed-in")
  line.hidden = !known?.named
  if (line.hidden) return false
  const link = document.createElement("a")
  link.href = document.querySelector("form.account-form").dataset.next
  link.textContent = t("account.title")
  line.replaceChildren(t("account.signedIn", { name: known.name ?? known.player }), " ", link)
  return true
}
