// Action tokens: tickets sealed with AES-256-GCM.
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto"

const KEY = createSecretKey(randomBytes(32))
const NONCE = 12
const TAG = 16

export function seal(ticket) {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv("aes-256-gcm", KEY, nonce)
  const sealed = Buffer.concat([cipher.update(JSON.stringify(ticket)), cipher.final()])
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString("base64url")
}

export function open(token) {
  const bytes = Buffer.from(token, "base64url")
  if (bytes.length <= NONCE + TAG) return null
  try {
    const decipher = createDecipheriv("aes-256-gcm", KEY, bytes.subarray(0, NONCE))
    decipher.setAuthTag(bytes.subarray(-TAG))
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]))
  } catch {
    return null
  }
}
