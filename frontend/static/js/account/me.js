// me.js: the script of the account's page: the name, the password, the sessions, and signing out.

import { persist } from "../../../sdk/actions/retry.js"
import { StoredSession } from "../../../sdk/actions/stored-session.js"
import { t } from "../messages.js"
import { browserPlayer } from "./browser-player.js"
import { answered, handleForm } from "./form.js"
import { explained } from "./refusals.js"
import { Sessions } from "./sessions.js"

const SURE_MS = 5000

const find = (selector) => document.querySelector(selector)
const player = browserPlayer(new StoredSession())
const shown = player.id // whose account this page shows
const sessions = new Sessions(find("#sessions"), player)

persist(() => player.me()).then(show, showRefusal)
addEventListener("storage", followOtherTabs)

handleForm(find("#name-form"), async ({ displayName }) => {
  const { displayName: name } = await player.changeName(displayName)
  showName(name)
  return t("name.saved", { name })
})

handleForm(find("#password-form"), async ({ currentPassword, newPassword }) => {
  await player.changePassword(currentPassword, newPassword)
  for (const input of find("#password-form").querySelectorAll("[type=password]")) input.value = ""
  sessions.load()
  return t("account.passwordChanged")
})

async function show(me) {
  for (const part of partsFor(me)) for (const section of document.querySelectorAll(`.${part}`)) section.hidden = false
  if (me === null) return (find("#state").textContent = t("account.nobody"))
  showName(me.displayName)
  find("#username").value = me.username ?? ""
  find(".sign-out").addEventListener("click", signingOut(me.guest))
  await sessions.load()
}

function showName(name) {
  find("#displayName").value = name
  find("#state").textContent = t("account.signedIn", { name })
}

// A form of this page must not change another player, or make a new guest.
function followOtherTabs() {
  if (player.id !== shown) return location.reload()
  if (player.displayName && document.activeElement !== find("#displayName")) showName(player.displayName)
}

function partsFor(me) {
  return me === null ? ["nobody"] : ["someone", me.guest ? "guest" : "named"]
}

// The session may have ended, or the server be away.
function showRefusal(refusal) {
  find("#state").textContent = explained(refusal).text
  if (refusal.status === 401) find(".nobody").hidden = false
}

// A guest who signs out is gone: it takes a second press.
function signingOut(guest) {
  let sure = !guest
  return async ({ currentTarget: button }) => {
    if (sure) return void (await signOut())
    sure = true
    button.textContent = t("account.sure")
    setTimeout(() => {
      sure = false
      button.textContent = t("account.signOut")
    }, SURE_MS)
  }
}

async function signOut() {
  if (await answered(find("#leave"), () => player.signOut())) location.reload()
}
