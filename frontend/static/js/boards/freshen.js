// freshen.js: brings a list up to date with a newer copy of it. Only what changed is written, so that focus and
// selection stay where they are.

export function freshen(list, newer) {
  const known = new Map([...list.children].map((item) => [item.dataset.board, item]))
  const items = [...newer.children].map((item) => {
    const old = known.get(item.dataset.board)
    if (old) update(old, item)
    return old ?? item
  })
  const isSameOrder = items.length === list.children.length && items.every((item, at) => item === list.children[at])
  if (!isSameOrder) list.replaceChildren(...items)
}

function update(node, newer) {
  if (node.isEqualNode(newer)) return
  const isAlike = node.nodeName === newer.nodeName && node.childNodes.length === newer.childNodes.length
  if (!isAlike) return node.replaceWith(newer)
  if (node.nodeType === Node.TEXT_NODE) return (node.data = newer.data)
  for (const { name } of [...node.attributes]) if (!newer.hasAttribute(name)) node.removeAttribute(name)
  for (const { name, value } of newer.attributes) node.setAttribute(name, value)
  const parts = [...newer.childNodes]
  for (const [at, part] of [...node.childNodes].entries()) update(part, parts[at])
}
