// register.js: the script of the page on which visitors register. A guest gets a user name and keeps everything.

import { StoredSession } from "../../../sdk/actions/stored-session.js"
import { t } from "../messages.js"
import { browserPlayer } from "./browser-player.js"
import { handleForm } from "./form.js"
import { showSignedIn } from "./signed-in.js"

const stored = new StoredSession()
const player = browserPlayer(stored)
const form = document.querySelector("form.account-form")
const guest = player.id !== null && player.guest ? stored.read() : null

form.hidden = showSignedIn(stored)
if (guest) showGuest(guest.name)
handleForm(form, async ({ displayName, username, password }) => {
  if (guest) await upgrade(displayName, username, password)
  else await player.register(username, password, { displayName })
  location.assign(form.dataset.next)
})

function showGuest(name) {
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
