// Groups of completions in PostgreSQL: one statement, which is one transaction, for each group.
import pg from "pg"

import { createTables } from "./pg.js"

const COUNT = `
  WITH given AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS given (id, player, points, place)
  ), fresh AS (
    INSERT INTO completion SELECT id, player, points, $4::bigint FROM given
    ON CONFLICT DO NOTHING RETURNING id, player, points
  ), added AS (
    INSERT INTO total SELECT player, sum(points) FROM fresh GROUP BY player
    ON CONFLICT (player) DO UPDATE SET score = total.score + excluded.score RETURNING player, score
  )
  SELECT fresh.id, added.score - coalesce(sum(fresh.points) OVER later, 0) AS score
  FROM fresh JOIN added USING (player) JOIN (SELECT id, min(place) AS place FROM given GROUP BY id) AS first USING (id)
  WINDOW later AS (PARTITION BY player ORDER BY place ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)`

export async function openGroups() {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 1 }) // groups follow each other
  await createTables(pool)
  return async (group) => {
    const columns = ["id", "player", "points"].map((name) => group.map((one) => one[name]))
    const { rows } = await pool.query({ name: "count", text: COUNT, values: [...columns, Date.now()] })
    const scores = new Map(rows.map(({ id, score }) => [id, Number(score)]))
    return group.map(({ id }) => {
      const score = scores.get(id) ?? null
      scores.delete(id) // a token that is twice in one group counts once
      return score
    })
  }
}
