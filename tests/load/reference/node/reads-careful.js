// The reads of `careful.js`: one trip to Redis each, shared by the requests of one turn of the event loop.
//
// REMEMBER=1 also keeps the first page of each board as a text, as long as the board's version is the same.
import { ENTRY, LIST, PLACES, RADIUS, etag, keys, list, rows } from "./reads.js"
import { Refusal } from "./protocol.js"

const ROWS = `
local function rows(first, last)
  local found, names = redis.call("ZREVRANGE", KEYS[1], first, last, "WITHSCORES"), {}
  for at = 1, #found, 2 do names[#names + 1] = string.sub(found[at], ${PLACES + 1}) end
  local state = redis.call("HMGET", KEYS[3], "version", "at")
  local named = #names > 0 and redis.call("HMGET", KEYS[4], unpack(names)) or {}
  return { state[1], state[2], redis.call("ZCARD", KEYS[1]), first, found, named }
end
`
const LISTED = `${ROWS} return rows(0, tonumber(ARGV[1]) - 1)`
const LOCATED = `${ROWS}
local number = redis.call("HGET", KEYS[2], ARGV[1])
if not number then return false end
local place, radius = redis.call("ZREVRANK", KEYS[1], number .. ARGV[1]), tonumber(ARGV[2])
return rows(math.max(0, place - radius), place + radius)
`

export function readsOf(redis, remember) {
  redis.defineCommand("listed", { numberOfKeys: 4, lua: LISTED, readOnly: true })
  redis.defineCommand("located", { numberOfKeys: 4, lua: LOCATED, readOnly: true })
  const kept = new Map() // by path: tag and body

  async function listed(path, board, limit, given) {
    if (given || remember) {
      const tag = etag(await redis.hget(keys(board)[2], "version"), path)
      if (given === tag) return [304, "", tag]
      const page = kept.get(path)
      if (page?.tag === tag) return [200, page.body, tag]
    }
    const [version, at, total, first, found, names] = await redis.listed(...keys(board), limit)
    const tag = etag(version, path)
    const body = JSON.stringify(list(board, total, version, at, rows(found, names, first, total), limit))
    if (remember) kept.set(path, { tag, body })
    return [200, body, tag]
  }

  async function located(path, board, player, around, given) {
    const answer = await redis.located(...keys(board), player, around ? RADIUS : 0)
    if (answer === null) throw new Refusal(404, "not_ranked")
    const [version, at, total, first, found, names] = answer
    const tag = etag(version, path)
    if (given === tag) return [304, "", tag]
    const entries = rows(found, names, first, total)
    return [200, JSON.stringify(around ? list(board, total, version, at, entries) : { data: entries[0] }), tag]
  }

  // The answer to a path: status, body and ETag. Nothing if it is none of these.
  return (path, given) => {
    let match = ENTRY.exec(path)
    if (match) return located(path, decodeURIComponent(match[1]), decodeURIComponent(match[2]), match[3], given)
    match = LIST.exec(path)
    return match ? listed(path, decodeURIComponent(match[1]), Number(match[2]), given) : undefined
  }
}
