// Everything that is cut, covered or beyond the screen, as sentences. `exempt` is a selector of parts that may be.
(exempt) => {
  const faults = []
  const box = (node) => node.getBoundingClientRect()
  const name = (node) => `${node.tagName.toLowerCase()}.${[...node.classList].join(".")} "${node.textContent.trim().slice(0, 30)}"`
  const say = (fault, ...nodes) => faults.push(`${fault}: ${nodes.map(name).join(" / ")}`)
  const visible = (node) => node.checkVisibility({ visibilityProperty: true }) && box(node).width > 0 && !node.matches(exempt)
  const all = [...document.querySelectorAll("body *")].filter(visible)

  const wide = document.documentElement.scrollWidth
  if (wide > innerWidth) faults.push(`the page is ${wide} pixels wide`)
  const isCut = (node) => !node.parentElement.matches("body") &&
    (getComputedStyle(node.parentElement).overflowX === "hidden" || isCut(node.parentElement))
  for (const node of all) {
    if (isCut(node)) continue
    const { left, right, bottom } = box(node)
    if (right > innerWidth + 1 || left < -1) say("beyond the side", node)
    if (getComputedStyle(document.documentElement).overflowY === "hidden" && bottom > innerHeight + 1) say("below the screen", node)
  }

  // Text that is cut by its own element, without an ellipsis.
  for (const node of all) {
    const { overflowX, overflowY, textOverflow, webkitLineClamp } = getComputedStyle(node)
    if (textOverflow === "ellipsis" || webkitLineClamp !== "none") continue
    const cut = (overflow, content, room) => ["hidden", "clip"].includes(overflow) && content > room + 1
    if (cut(overflowX, node.scrollWidth, node.clientWidth)) say("cut at the side", node)
    if (cut(overflowY, node.scrollHeight, node.clientHeight)) say("cut below", node)
  }

  // The part of a rectangle that its cell does not cut.
  const seen = ({ left, right, top, bottom }, cell) => {
    const around = box(cell)
    const cut = getComputedStyle(cell).overflowX === "hidden"
    if (cut) [left, right] = [Math.max(left, around.left), Math.min(right, around.right)]
    return { left, right, top, bottom, width: right - left, height: bottom - top }
  }

  // The written part of a cell.
  const written = (cell) => {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT)
    const rects = []
    while (texts.nextNode()) {
      if (texts.currentNode.parentElement.matches(exempt)) continue
      const range = document.createRange()
      range.selectNodeContents(texts.currentNode)
      rects.push(...[...range.getClientRects()].map((rect) => seen(rect, cell)))
    }
    return rects.filter(({ width, height }) => width > 1 && height > 1)
  }
  const inside = (one, other) =>
    one.left >= other.left - 1 && one.right <= other.right + 1 && one.top >= other.top - 1 && one.bottom <= other.bottom + 1
  // Boxes of letters are higher than the letters.
  const overlap = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1.5 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 0.3 * Math.min(one.height, other.height)
  for (const row of document.querySelectorAll("#rows tr")) {
    const cells = [...row.querySelectorAll(":scope > :is(.rank, .player, .score, .column, .gap, .move)")].filter(visible)
    const rects = new Map(cells.map((cell) => [cell, written(cell)]))
    for (const cell of cells) {
      if (!inside(box(cell), box(row)) || rects.get(cell).some((rect) => !inside(rect, box(row)))) say("beyond its row", cell)
    }
    cells.forEach((one, at) => {
      for (const other of cells.slice(at + 1)) {
        if (rects.get(one).some((rect) => rects.get(other).some((second) => overlap(rect, second)))) say("overlap", one, other)
      }
    })
    for (const digits of row.querySelectorAll(":is(.score, .column) > span")) {
      if (new Set(written(digits).map(({ top }) => Math.round(top))).size > 1) say("a number is broken within its digits", digits)
    }
  }
  return [...new Set(faults)]
}
