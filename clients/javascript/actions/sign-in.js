// sign-in.js: signs in, with a proof of work if the server asks for one. No DOM.

import { sha256 } from "./sha256.js"

// Resolves with a session. Throws a Refusal.
export async function signIn(api, solver, { username, password }) {
  try {
    return await api.post("/auth/login", { username, password })
  } catch (refusal) {
    if (!refusal.puzzle || !solver) throw refusal
    const { nonce, difficulty } = refusal.puzzle
    const checksum = sha256(`${username}|${password}`)
    const solution = await solver.solve({ nonce, checksum, difficulty })
    return api.post("/auth/login", { username, password, proof: { nonce, solution } })
  }
}
