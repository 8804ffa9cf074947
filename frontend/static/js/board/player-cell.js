// player-cell.js: what a row shows beside the player's name: the portrait, and the metadata that the board shows.
// The server has checked the values. Names and values are untrusted all the same, so they are only inserted as text.

import { flagSign, hue, initials, linkName } from "./row-parts.js"

const PLAYER = "{player}"

// The portrait: coloured initials, and over them the player's picture where this server has pictures. The style sheet
// writes the initials, so that they are not part of the row's text.
export function newPortrait(id, avatars = "") {
  const portrait = made("span", "portrait")
  portrait.dataset.hue = hue(id)
  portrait.setAttribute("aria-hidden", "true")
  if (avatars) portrait.append(picture(avatars.replace(PLAYER, encodeURIComponent(id))))
  return portrait
}

// Hide the pictures that are not there: the initials below them are seen then.
export function hideMissing(root) {
  root.addEventListener("error", ({ target }) => target.matches?.(".portrait img") && target.remove(), true)
  for (const one of root.querySelectorAll(".portrait img")) if (one.complete && !one.naturalWidth) one.remove()
}

// Update the parts of a player's cell that differ between `before` (null for a new row) and `now`.
export function fillPlayer(cell, before, now, show) {
  if (before?.n !== now.n) cell.querySelector(".portrait").dataset.letters = initials(now.n)
  if (isSame(before?.m, now.m)) return
  cell.querySelector(".shown")?.remove()
  if (!now.m) return
  const shown = made("span", "shown")
  for (const { field, as, title } of show) if (now.m[field]) shown.append(MADE[as](now.m[field], title))
  cell.append(shown)
}

const MADE = {
  flag: (code, title) => titled(made("span", "flag", flagSign(code)), title),
  text: (text, title) => titled(isolated(made("bdi", "text", text)), title),
  link: (address, title) => {
    const link = made("a", "link")
    link.href = address
    link.rel = "noopener nofollow ugc"
    link.target = "_blank"
    link.tabIndex = -1 // reading-guard.js lets the arrow keys lead to it
    link.append(isolated(made("bdi", "", title || linkName(address))))
    return link
  },
}

function picture(src) {
  const image = made("img", "")
  Object.assign(image, { alt: "", loading: "lazy", decoding: "async", src })
  return image
}

function titled(node, title) {
  if (title) node.title = title
  return node
}

function isolated(node) {
  node.dir = "auto"
  return node
}

function isSame(one, other) {
  if (one === other) return true
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null)
}

function made(name, className, text = "") {
  const node = document.createElement(name)
  if (className) node.className = className
  node.textContent = text
  return node
}
