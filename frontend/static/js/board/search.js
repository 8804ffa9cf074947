// search.js: searching all players of a board by name, and one by id. Pure.

const FEWEST = 2 // characters; one is enough if it is a word or a syllable
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

// Whether the server searches for a text.
export function isLongEnough(words) {
  return [...words].length >= FEWEST || WORD.test(words)
}

// Rows that were found near, in their order, then those that only the server found.
export function joined(near, far) {
  const known = new Set(near.map(({ id }) => id))
  return [...near, ...far.filter(({ id }) => !known.has(id))]
}
