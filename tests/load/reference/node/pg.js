// Completions in PostgreSQL: one transaction each, and one commit.
import pg from "pg"

export async function createTables(pool) {
  await pool.query(`
    CREATE TABLE IF NOT EXISTS completion (id text PRIMARY KEY, player text, points bigint, at bigint);
    CREATE TABLE IF NOT EXISTS total (player text PRIMARY KEY, score bigint);`)
}

export async function openStore() {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
  await createTables(pool)
  const record = {
    name: "record",
    text: "INSERT INTO completion VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
  }
  const add = {
    name: "add",
    text: `INSERT INTO total VALUES ($1, $2)
           ON CONFLICT (player) DO UPDATE SET score = total.score + excluded.score RETURNING score`,
  }

  async function within(client, id, player, points) {
    await client.query("BEGIN")
    const { rowCount } = await client.query({ ...record, values: [id, player, points, Date.now()] })
    const found = rowCount ? await client.query({ ...add, values: [player, points] }) : null
    await client.query("COMMIT")
    return found && Number(found.rows[0].score)
  }

  async function count(id, player, points) {
    const client = await pool.connect()
    try {
      const score = await within(client, id, player, points)
      client.release()
      return score
    } catch (error) {
      client.release(error) // a connection in an unknown state is thrown away
      throw error
    }
  }

  return { count }
}
