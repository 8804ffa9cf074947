// puzzle.js: proof of work: find a number for which SHA-256(nonce:checksum:number) begins with enough zero
// bits. Pure.

import { hashAfter } from "./sha256.js"

const TEXT = new TextEncoder()

export class Puzzle {
  #hash
  #difficulty

  constructor({ nonce, checksum, difficulty }) {
    this.#hash = hashAfter(`${nonce}:${checksum}:`)
    this.#difficulty = difficulty
  }

  // The solution among the `count` numbers from `first` on; null if there is none.
  search(first, count) {
    for (let number = first; number < first + count; number += 1) {
      const words = this.#hash(TEXT.encode(String(number)))
      if (zeroBits(words) >= this.#difficulty) return String(number)
    }
    return null
  }
}

function zeroBits(words) {
  let index = 0
  while (index < words.length - 1 && words[index] === 0) index += 1
  return 32 * index + Math.clz32(words[index])
}
