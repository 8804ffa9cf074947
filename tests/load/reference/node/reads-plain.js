// The reads of `server.js`: one pipeline for what is known at first, and another for what it tells.
import { LIST, RADIUS, etag, keys, list, players, rows } from "./reads.js"
import { Refusal } from "./protocol.js"

export function addReads(app, redis) {
  app.get("/v1/boards/:board/entries", async (request, response) => {
    const { board } = request.params
    const limit = Number(LIST.exec(request.originalUrl)?.[2] ?? 10)
    const [order, , state, names] = keys(board)
    const [version, at] = await redis.hmget(state, "version", "at")
    if (unchanged(request, response, version)) return
    const [[, found], [, total]] = await redis
      .pipeline()
      .zrevrange(order, 0, limit - 1, "WITHSCORES")
      .zcard(order)
      .exec()
    const named = found.length ? await redis.hmget(names, players(found)) : []
    response.json(list(board, total, version, at, rows(found, named, 0, total), limit))
  })

  app.get("/v1/boards/:board/entries/:player", async (request, response) => {
    const place = await locate(redis, request.params)
    if (unchanged(request, response, place.version)) return
    const [first] = rows([place.member, place.score], [place.name], place.rank, place.total)
    response.json({ data: first })
  })

  app.get("/v1/boards/:board/entries/:player/around", async (request, response) => {
    const { board } = request.params
    const { rank, total, version, at } = await locate(redis, request.params)
    if (unchanged(request, response, version)) return
    const [order, , , names] = keys(board)
    const first = Math.max(0, rank - RADIUS)
    const found = await redis.zrevrange(order, first, rank + RADIUS, "WITHSCORES")
    const named = await redis.hmget(names, players(found))
    response.json(list(board, total, version, at, rows(found, named, first, total)))
  })
}

async function locate(redis, { board, player }) {
  const [order, numbers, state, names] = keys(board)
  const number = await redis.hget(numbers, player)
  if (number === null) throw new Refusal(404, "not_ranked")
  const member = number + player
  const answers = await redis
    .pipeline()
    .zrevrank(order, member)
    .zscore(order, member)
    .zcard(order)
    .hget(names, player)
    .hmget(state, "version", "at")
    .exec()
  const [rank, score, total, name, [version, at]] = answers.map(([, value]) => value)
  return { member, rank, score, total, name, version, at }
}

function unchanged(request, response, version) {
  const tag = etag(version, request.originalUrl)
  response.set("ETag", tag)
  if (request.get("If-None-Match") !== tag) return false
  response.status(304).end()
  return true
}
