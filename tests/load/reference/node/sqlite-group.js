// Groups of completions in SQLite: one transaction, and one commit, for each group.
import { openStore } from "./sqlite.js"

export async function openGroups() {
  const { database, countOne } = await openStore()
  const count = database.transaction((group) => group.map(({ id, player, points }) => countOne(id, player, points)))
  return count.immediate
}
