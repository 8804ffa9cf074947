// sign-in.js: the script of the page on which players sign in.

import { StoredSession } from "../../../sdk/actions/stored-session.js"
import { t } from "../messages.js"
import { browserPlayer } from "./browser-player.js"
import { handleForm } from "./form.js"
import { showSignedIn } from "./signed-in.js"

const stored = new StoredSession()
const player = browserPlayer(stored)
const form = document.querySelector("form.account-form")
const merge = form.querySelector(".merge")

showPlayer()
addEventListener("storage", showPlayer) // a guest of another tab
player.queue.addEventListener("change", showPlayer)
handleForm(form, async ({ username, password, merge: wanted }) => {
  await player.signIn(username, password, { merge: wanted === "on" && isGuest() })
  location.assign(form.dataset.next)
})

function isGuest() {
  return player.id !== null && player.guest
}

// The guest whose points the account may take along.
function showPlayer() {
  showSignedIn(stored)
  merge.hidden = !isGuest()
  if (merge.hidden) return
  const name = stored.read().name ?? player.id
  merge.querySelector("span").textContent = t("account.merge", { name })
  const rounds = merge.querySelector(".rounds")
  const text = player.queue.waiting.length ? t("account.rounds", { name }) : ""
  if (rounds.textContent !== text) rounds.textContent = text // otherwise it would be read aloud again
}
