// share.js: a dialog with all ways to share a board. Loaded when it is opened.

import { copyable } from "../copy-field.js"
import { t } from "../messages.js"
import { element } from "./row.js"

export async function share(button) {
  await styled()
  const { board, title, url, qr } = button.dataset
  const dialog = element("dialog", "share-dialog")
  dialog.setAttribute("aria-label", t("share.title"))
  dialog.append(head(dialog), code(qr), ...fields({ board, url }), ...send({ title, url }))
  dialog.addEventListener("close", () => dialog.remove())
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close()) // outside of it
  document.body.append(dialog)
  dialog.showModal()
}

// Once. Without its style sheet the dialog is still usable.
function styled() {
  const href = new URL("../../css/share.css", import.meta.url).href
  if (document.querySelector(`link[href="${href}"]`)) return
  const link = Object.assign(element("link"), { rel: "stylesheet", href })
  document.head.append(link)
  return new Promise((resolve) => (link.onload = link.onerror = resolve))
}

function head(dialog) {
  const close = element("button", "close", "", "×")
  close.type = "button"
  close.setAttribute("aria-label", t("share.close"))
  close.addEventListener("click", () => dialog.close())
  const bar = element("div", "share-head")
  bar.append(element("h2", "", "", t("share.title")), close)
  return bar
}

function code(address) {
  const image = element("img", "share-code")
  Object.assign(image, { src: address, alt: t("board.qrOf"), width: 160, height: 160 })
  return image
}

function fields({ board, url }) {
  const root = url.slice(0, url.lastIndexOf("/b/"))
  const end = "</" // an end tag in a string would end an inline script
  return [
    field(t("share.link"), url),
    field(t("share.element"), `<script type="module" src="${root}/embed.js">${end}script>\n<live-leaderboard board="${board}">${end}live-leaderboard>`),
    field(t("share.frame"), `<iframe src="${root}/embed/${board}" width="640" height="700" style="border:0" title="Leaderboard">${end}iframe>`),
    field(t("share.image"), `${root}/b/${board}.svg`),
    field(t("share.overlay"), `${root}/overlay/${board}`),
  ]
}

function field(label, text) {
  const box = element("div", "copy-field")
  const pre = element("pre")
  pre.tabIndex = 0
  pre.setAttribute("aria-label", label)
  pre.setAttribute("role", "region")
  pre.append(element("code", "", "", text))
  box.append(pre)
  copyable(box)
  const whole = element("div", "share-field")
  whole.append(element("h3", "", "", label), box)
  return whole
}

// Phones have a share sheet; browsers offer it over https only.
function send({ title, url }) {
  if (!navigator.share) return []
  const button = element("button", "share-send", "", t("share.send"))
  button.type = "button"
  button.addEventListener("click", () => navigator.share({ title, url }).catch(() => null))
  return [button]
}
