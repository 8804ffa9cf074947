// sha256.js: SHA-256 (FIPS 180-4) in plain JavaScript. crypto.subtle does not exist on pages over plain http, and
// takes far longer for a short text. Pure.

const BLOCK = 64
const UTF8 = new TextEncoder()
const PRIMES = firstPrimes(64)
const INITIAL = Int32Array.from(PRIMES.slice(0, 8), (prime) => fraction(prime ** (1 / 2)))
const ROUNDS = Int32Array.from(PRIMES, (prime) => fraction(prime ** (1 / 3)))
const SCHEDULE = new Int32Array(64)

// The digest of a text, as lower-case hex.
export function sha256(text) {
  const words = hashAfter("")(UTF8.encode(text))
  return [...words].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("")
}

// A function from bytes to the digest of `text` followed by these bytes, as eight words. The complete blocks of `text`
// are hashed only once.
export function hashAfter(text) {
  const start = UTF8.encode(text)
  const whole = start.length - (start.length % BLOCK)
  const state = Int32Array.from(INITIAL)
  update(state, start.subarray(0, whole))
  return (bytes) => {
    const words = Int32Array.from(state)
    update(words, padded(start.subarray(whole), bytes, start.length + bytes.length))
    return words
  }
}

function padded(one, other, length) {
  const used = one.length + other.length
  const block = new Uint8Array(Math.ceil((used + 9) / BLOCK) * BLOCK)
  block.set(one)
  block.set(other, one.length)
  block[used] = 0x80
  let last = block.length - 1
  for (let bits = length * 8; bits > 0; bits = Math.floor(bits / 256)) block[last--] = bits % 256
  return block
}

function update(state, bytes) {
  for (let at = 0; at < bytes.length; at += BLOCK) compress(state, bytes, at)
}

// The names of the variables are those of the standard.
function compress(state, bytes, at) {
  const w = SCHEDULE
  for (let t = 0; t < 16; t += 1) w[t] = wordAt(bytes, at + 4 * t)
  for (let t = 16; t < 64; t += 1) {
    const s0 = rotateRight(w[t - 15], 7) ^ rotateRight(w[t - 15], 18) ^ (w[t - 15] >>> 3)
    const s1 = rotateRight(w[t - 2], 17) ^ rotateRight(w[t - 2], 19) ^ (w[t - 2] >>> 10)
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0
  }
  let a = state[0]
  let b = state[1]
  let c = state[2]
  let d = state[3]
  let e = state[4]
  let f = state[5]
  let g = state[6]
  let h = state[7]
  for (let t = 0; t < 64; t += 1) {
    const S1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25)
    const T1 = (h + S1 + ((e & f) ^ (~e & g)) + ROUNDS[t] + w[t]) | 0
    const S0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22)
    const T2 = (S0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + T1) | 0
    d = c
    c = b
    b = a
    a = (T1 + T2) | 0
  }
  state[0] += a
  state[1] += b
  state[2] += c
  state[3] += d
  state[4] += e
  state[5] += f
  state[6] += g
  state[7] += h
}

function wordAt(bytes, at) {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]
}

function rotateRight(word, bits) {
  return (word >>> bits) | (word << (32 - bits))
}

// The standard's constants: the first 32 bits after the point of roots of the first primes.
function fraction(root) {
  return ((root - Math.floor(root)) * 2 ** 32) | 0
}

function firstPrimes(count) {
  const primes = []
  for (let number = 2; primes.length < count; number += 1) {
    if (primes.every((prime) => number % prime)) primes.push(number)
  }
  return primes
}
