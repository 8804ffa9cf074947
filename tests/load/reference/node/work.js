// Claims, and the work that is done for them.
import { createHash } from "node:crypto"

const sha256 = (text) => createHash("sha256").update(text)

export const nonce = (token) => sha256(token).digest("base64url")

export const checksum = (points, result) => sha256(`${points ?? ""}|${result}`).digest("hex")

export function worked(nonce, checksum, solution, bits) {
  const digest = sha256(`${nonce}:${checksum}:${solution}`).digest()
  return bits === 0 || digest.readUInt32BE() >>> (32 - bits) === 0
}
