// freshen.js: brings a list up to date with a newer copy of it. Only what changed is replaced, so that focus and
// selection stay where they are.

export function freshen(list, newer) {
  const known = new Map([...list.children].map((item) => [item.dataset.board, item]))
  const items = [...newer.children].map((item) => upToDate(known.get(item.dataset.board), item))
  const isSameOrder = items.length === list.children.length && items.every((item, at) => item === list.children[at])
  if (!isSameOrder) list.replaceChildren(...items)
}

// The known item with the contents of the newer one; the newer one if it was not known.
function upToDate(item, newer) {
  if (!item) return document.adoptNode(newer)
  const isSameShape = item.children.length === newer.children.length
  if (!isSameShape) {
    item.replaceChildren(...newer.children)
    return item
  }
  for (const [at, part] of [...item.children].entries()) {
    if (part.innerHTML !== newer.children[at].innerHTML) part.replaceChildren(...newer.children[at].childNodes)
  }
  return item
}
