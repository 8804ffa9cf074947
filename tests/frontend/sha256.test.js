import assert from "node:assert/strict"
import { createHash } from "node:crypto"
import { test } from "node:test"

import { sha256, hashAfter } from "../../clients/javascript/actions/sha256.js"

// The first three are the standard's own examples.
const KNOWN = [
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
]

test("known texts have their known digests", () => {
  for (const [text, digest] of KNOWN) assert.equal(sha256(text), digest)
})

test("texts of every length around the blocks agree with another implementation", () => {
  for (let length = 0; length <= 200; length += 1) {
    const text = "0123456789".repeat(20).slice(0, length)
    assert.equal(sha256(text), digest(text), `${length} bytes`)
  }
})

test("a text is hashed as UTF-8", () => {
  for (const text of ["Ümläut|", "10|日本\u2028", "👩‍👧 محمد", "\ud800 alone"]) assert.equal(sha256(text), digest(text))
})

test("a common beginning is hashed once, wherever it ends in a block", () => {
  for (const length of [0, 1, 63, 64, 65, 109, 128]) {
    const start = "x".repeat(length)
    const hash = hashAfter(start)
    for (const rest of ["1", "22", "y".repeat(70)]) {
      const words = hash(new TextEncoder().encode(rest))
      assert.equal(hex(words), digest(start + rest))
    }
  }
})

function digest(text) {
  return createHash("sha256").update(text, "utf8").digest("hex")
}

function hex(words) {
  return Buffer.from([...words].flatMap((word) => [24, 16, 8, 0].map((bits) => (word >>> bits) & 255))).toString("hex")
}
