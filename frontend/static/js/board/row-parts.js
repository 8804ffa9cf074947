// row-parts.js: the parts of a row beside its numbers: the portrait's initials and hue, flags, the names of links. Pure.
// The same as scoreboard/pages/rowparts.py; both are tested on the same cases.

const HUES = 12
const WORD = /[\p{L}\p{N}]\p{M}*/u
const SIGN = /\p{RI}{2}|./su

// One or two letters for a name: the first ones of its first and its last word.
export function initials(name) {
  const found = name.split(/\s+/u).map((word) => word.match(WORD)?.[0]).filter(Boolean)
  if (!found.length) return name.match(SIGN)?.[0] ?? ""
  return [found[0], ...found.slice(1).slice(-1)].join("").toUpperCase()
}

// The number of a player's colour. It depends on the id, so that a new name keeps it.
export function hue(player) {
  let number = 0
  for (const letter of player) number = (Math.imul(number, 31) + letter.codePointAt(0)) >>> 0
  return number % HUES
}

// The emoji of a country's flag. GB-SCT and its like are written with tags.
export function flagSign(code) {
  const from = (first, letters) => String.fromCodePoint(...[...letters].map((letter) => first + letter.codePointAt(0)))
  if (code.length === 2) return from(0x1f1e6 - 65, code)
  return `\u{1f3f4}${from(0xe0000, code.replace("-", "").toLowerCase())}\u{e007f}`
}

// The name of a link without a title: its host.
export function linkName(address) {
  return new URL(address).hostname.replace(/^www\./, "")
}
