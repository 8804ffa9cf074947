// share.js: a dialog for sharing a board or a player: the link first, and code for other sites behind it. Loaded when it
// is opened.

import { copyable, copyText } from "../copy-field.js"
import { t } from "../messages.js"
import { element } from "./row.js"

const COPIED_MS = 2000
const WHERE = ["period", "region"] // the parts of an address that say which rows are shown

// The button's data: `url`, `title` and `card` (a picture); of a board also `board`, its id, and `qr`.
export async function share(button) {
  await styled()
  const { board, title, url, qr, card } = button.dataset
  const address = withWhere(url)
  const dialog = element("dialog", "dialog share-dialog")
  const heading = board ? t("share.title") : button.textContent
  dialog.setAttribute("aria-label", heading)
  dialog.append(head(dialog, heading), link(address.href), ...send({ title, url: address.href }), pictures({ card, qr, title, address }))
  if (board) dialog.append(codes({ board, address }))
  dialog.addEventListener("close", () => dialog.remove())
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close()) // outside of it
  document.body.append(dialog)
  dialog.showModal()
}

// An address with the period and the region of another one; by default those that the page shows.
function withWhere(url, from = location) {
  const address = new URL(url, location)
  const given = new URLSearchParams(from.search)
  for (const name of WHERE) if (given.get(name) && !address.searchParams.has(name)) address.searchParams.set(name, given.get(name))
  return address
}

// Once. Without its style sheet the dialog is still usable.
function styled() {
  const href = new URL("../../css/share.css", import.meta.url).href
  if (document.querySelector(`link[href="${href}"]`)) return
  const link = Object.assign(element("link"), { rel: "stylesheet", href })
  document.head.append(link)
  return new Promise((resolve) => (link.onload = link.onerror = resolve))
}

function head(dialog, title) {
  const close = element("button", "close", "", "×")
  close.type = "button"
  close.setAttribute("aria-label", t("share.close"))
  close.addEventListener("click", () => dialog.close())
  const bar = element("div", "share-head")
  bar.append(element("h2", "", "", title), close)
  return bar
}

function link(url) {
  const text = Object.assign(element("input"), { type: "url", value: url, readOnly: true, dir: "ltr" })
  text.setAttribute("aria-label", t("share.link"))
  text.addEventListener("focus", () => text.select())
  const copy = element("button", "share-copy", "", t("share.copy"))
  Object.assign(copy, { type: "button", autofocus: true })
  copy.addEventListener("click", async () => {
    copy.textContent = (await copyText(url, () => text.select())) ? t("copy.copied") : t("copy.press")
    setTimeout(() => (copy.textContent = t("share.copy")), COPIED_MS)
  })
  const row = element("div", "share-link")
  row.append(text, copy)
  return row
}

// Phones have a share sheet; browsers offer it over https only.
function send({ title, url }) {
  if (!navigator.share) return []
  const button = element("button", "share-send", "", t("share.send"))
  button.type = "button"
  button.addEventListener("click", () => navigator.share({ title, url }).catch(() => null))
  return [button]
}

// The card is what sites show beside the link.
function pictures({ card, qr, title, address }) {
  const shown = element("div", "share-pictures")
  if (card) {
    const save = Object.assign(element("a", "share-card"), { href: withWhere(card, address).href, download: `${title}.png`, title: t("share.save") })
    save.append(Object.assign(element("img"), { src: save.href, alt: t("share.card"), width: 400, height: 210 }))
    shown.append(save)
  }
  if (qr) shown.append(Object.assign(element("img", "share-qr"), { src: withWhere(qr, address).href, alt: t("board.qrOf"), width: 160, height: 160 }))
  return shown
}

function codes({ board, address }) {
  const details = element("details", "share-codes")
  details.append(element("summary", "", "", t("share.codes")), ...fields({ board, address }))
  return details
}

function fields({ board, address }) {
  const { href, searchParams } = address
  const root = href.slice(0, href.lastIndexOf("/b/"))
  const where = WHERE.filter((name) => searchParams.has(name)).map((name) => [name, searchParams.get(name)])
  const attributes = where.map(([name, value]) => ` ${name}="${value}"`).join("")
  const search = where.length ? `?${new URLSearchParams(where)}` : ""
  const end = "</" // an end tag in a string would end an inline script
  return [
    field(t("share.element"), `<script type="module" src="${root}/embed.js">${end}script>\n<live-leaderboard board="${board}"${attributes}>${end}live-leaderboard>`),
    field(t("share.frame"), `<iframe src="${root}/embed/${board}${search}" width="640" height="700" style="border:0" title="Leaderboard">${end}iframe>`),
    field(t("share.image"), `${root}/b/${board}.svg${search}`),
    field(t("share.overlay"), `${root}/overlay/${board}${search}`),
  ]
}

function field(label, text) {
  const box = element("div", "copy-field")
  const pre = element("pre")
  Object.assign(pre, { tabIndex: 0, dir: "ltr" })
  pre.setAttribute("aria-label", label)
  pre.setAttribute("role", "region")
  pre.append(element("code", "", "", text))
  box.append(pre)
  copyable(box)
  const whole = element("div", "share-field")
  whole.append(element("h3", "", "", label), box)
  return whole
}
