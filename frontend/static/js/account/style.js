// style.js: loads a style sheet when it is first needed.

// Resolves when the sheet has loaded. Without it the page is still usable, so a failure is no error.
export function loadStyle(file) {
  const href = new URL(`../../css/${file}`, import.meta.url).href
  if (document.querySelector(`link[href="${href}"], link[href="${new URL(href).pathname}"]`)) return
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href })
  document.head.append(link)
  return new Promise((resolve) => (link.onload = link.onerror = resolve))
}
