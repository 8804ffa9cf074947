// sign-in.js: signs in, and does the work that the server asks for where many try the same user name. No DOM.

import { sha256 } from "./sha256.js"

// A session. Throws a Refusal.
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
