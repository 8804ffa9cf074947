// register.js: the script of the page on which visitors register. A guest gets a user name and keeps everything.

import { StoredSession } from "../../../sdk/actions/stored-session.js"
import { t } from "../messages.js"
import { browserPlayer } from "./browser-player.js"
import { handleForm } from "./form.js"
import { showSignedIn } from "./signed-in.js"

const stored = new StoredSession()
const player = browserPlayer(stored)
const form = document.querySelector("form.account-form")
let shownGuest = false
const isGuest = () => player.id !== null && player.guest

showPlayer()
addEventListener("storage", showPlayer) // of another tab
handleForm(form, async ({ displayName, username, password }) => {
  if (isGuest()) await upgrade(displayName, username, password)
  else await player.register(username, password, { displayName })
  location.assign(form.dataset.next)
})

function showPlayer() {
  form.hidden = showSignedIn(stored)
  if (isGuest() && !shownGuest) showGuest(player.displayName)
}

function showGuest(name) {
  shownGuest = true
  const input = form.querySelector("[name=displayName]")
  input.required = true
  form.querySelector("#displayName-how").textContent = t("name.how")
  if (!name) return
  input.value = name
  document.querySelector(".description").textContent = t("account.keeps", { name })
}

// The name first: if it is refused, the guest is still a guest.
async function upgrade(displayName, username, password) {
  if (displayName !== player.displayName) await player.changeName(displayName)
  await player.upgrade(username, password)
}
