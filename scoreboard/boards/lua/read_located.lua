-- Read the places of some players, or the place that a new player would get, from one state.
--
-- KEYS  order, members, tiers, tier sizes, metadata, state
-- ARGV[1] layout   ARGV[2] tie rule   ARGV[3] width of a tier
-- ARGV[4] "players" or "tier"   ARGV[5…] players, or one tier
-- returns nothing where the window is not shown, else
--   {version, stamp, total, then for each place: player, order key, position, ahead, tiers ahead, metadata}

local order, members, tiers, metadata, state = KEYS[1], KEYS[2], KEYS[3], KEYS[5], KEYS[6]
local ties, width, how = ARGV[2], tonumber(ARGV[3]), ARGV[4]

if redis.call("HGET", state, "layout") ~= ARGV[1] then return false end
local named = redis.call("HMGET", state, "made", "changes")
local stamp = (named[1] or "") .. "-" .. (named[2] or "0")
local answer = { redis.call("HGET", state, "version") or "0", stamp, redis.call("ZCARD", order) }

local function add(player, key, position, text)
  local better = "(" .. string.sub(key, 1, width) .. "\255"
  local ahead = redis.call("ZLEXCOUNT", order, better, "+")
  local tiers_ahead = ties == "dense" and redis.call("ZLEXCOUNT", tiers, better, "+") or 0
  for _, value in ipairs({ player, key, position, ahead, tiers_ahead, text }) do
    answer[#answer + 1] = value
  end
end

if how == "tier" then
  add("", ARGV[5], redis.call("ZLEXCOUNT", order, "[" .. ARGV[5], "+"), "")
  return answer
end
for i = 5, #ARGV do
  local shown = redis.call("HGET", members, ARGV[i])
  if shown then
    local key = string.sub(shown, string.find(shown, ":", 1, true) + 1)
    local text = redis.call("HGET", metadata, ARGV[i]) or ""
    add(ARGV[i], key, redis.call("ZREVRANK", order, key .. ARGV[i]), text)
  end
end
return answer
