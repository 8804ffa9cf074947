// search.js: searching all players of a board by name, and one by id. Pure.

const FEWEST = 2 // characters; one is enough if it is a word or a syllable
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

// Whether the server searches for a text.
export function isLongEnough(words) {
  return [...words].length >= FEWEST || WORD.test(words)
}
