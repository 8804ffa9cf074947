// The checksum of a claim, and the check of its proof of work.
import { createHash } from "node:crypto"

const sha256 = (text) => createHash("sha256").update(text)

export const nonce = (token) => sha256(token).digest("base64url")

export const checksum = (points, result) => sha256(`${points ?? ""}|${result}`).digest("hex")

export function isSolved(nonce, checksum, solution, bits) {
  const digest = sha256(`${nonce}:${checksum}:${solution}`).digest()
  return bits === 0 || digest.readUInt32BE() >>> (32 - bits) === 0
}
