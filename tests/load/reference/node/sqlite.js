// Completions in SQLite: one transaction each, and one commit.
import Database from "better-sqlite3"

const { FILE = ":memory:", SYNCHRONOUS = "FULL" } = process.env

export async function openStore() {
  const db = new Database(FILE)
  db.pragma("journal_mode = WAL")
  db.pragma(`synchronous = ${SYNCHRONOUS}`)
  db.exec(`
    CREATE TABLE IF NOT EXISTS completion (id TEXT PRIMARY KEY, player TEXT, points INTEGER, at INTEGER);
    CREATE TABLE IF NOT EXISTS total (player TEXT PRIMARY KEY, score INTEGER);`)
  const record = db.prepare("INSERT INTO completion VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
  const add = db.prepare(
    `INSERT INTO total VALUES (?, ?)
     ON CONFLICT (player) DO UPDATE SET score = score + excluded.score RETURNING score`,
  )
  const countOne = (id, player, points) => {
    const { changes } = record.run(id, player, points, Date.now())
    return changes ? add.get(player, points).score : null
  }
  return { database: db, countOne, count: db.transaction(countOne).immediate }
}
