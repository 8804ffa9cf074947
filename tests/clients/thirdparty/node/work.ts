// The proof of work for an action, as docs/api.md describes it.

import { createHash } from "node:crypto"

const sha256 = (text: string) => createHash("sha256").update(text).digest()

export function prove(challenge: { nonce: string; difficulty: number }, points: number) {
  const checksum = sha256(`${points}|`).toString("hex")
  for (let number = 0; ; number += 1) {
    const hash = sha256(`${challenge.nonce}:${checksum}:${number}`)
    if (hash.readUInt32BE(0) >>> (32 - challenge.difficulty) === 0) return { checksum, solution: String(number), points }
  }
}
