-- Show standings in one window. They may come late, twice, or in any order: the newest wins.
--
-- KEYS 1-5   order, members, tiers, tier sizes, metadata: as they are shown
-- KEYS 6     state     hash  layout (of the board), version (newest fact, also while it is not shown),
--                            made (a token of this making), changes (since then), building,
--                            building-layout, and gone:<player> → the fact
-- KEYS 7-11  as 1-5, where the window is being built anew
-- ARGV[1] layout   ARGV[2] version   ARGV[3] entries that SQL holds   ARGV[4] tie rule
-- ARGV[5] width of a tier   ARGV[6] 1 where ranks are wanted   ARGV[7] a new token
-- ARGV[8…]  for each standing: player, version, order key ("" where the player is gone by that fact),
--            metadata ("" for none). Who is gone stays in the state, as gone:<player>, so that what comes
--            late does not bring the player back
-- returns {1 if the window is complete and shown, else 0; then for each standing: rank before and
--          rank after, both 0 where there is none}

local state = KEYS[6]
local layout, version, entries, ties = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local width, ranked, FIRST, FIELDS = tonumber(ARGV[5]), ARGV[6] == "1", 8, 4
local count = (#ARGV - FIRST + 1) / FIELDS

local function step_on(tiers, sizes, tier)
  if redis.call("HINCRBY", sizes, tier, 1) == 1 then redis.call("ZADD", tiers, 0, tier) end
end

local function step_off(tiers, sizes, tier)
  if redis.call("HINCRBY", sizes, tier, -1) == 0 then
    redis.call("HDEL", sizes, tier)
    redis.call("ZREM", tiers, tier)
  end
end

local function take_away(base, player, newest)
  local order, members = KEYS[base], KEYS[base + 1]
  redis.call("HSET", state, "gone:" .. player, newest)
  local shown = redis.call("HGET", members, player)
  if not shown then return 0 end
  local key = string.sub(shown, string.find(shown, ":", 1, true) + 1)
  redis.call("ZREM", order, key .. player)
  redis.call("HDEL", members, player)
  redis.call("HDEL", KEYS[base + 4], player)
  if ties == "dense" then step_off(KEYS[base + 2], KEYS[base + 3], string.sub(key, 1, width)) end
  return 1
end

local function put(base, player, newest, key, metadata)
  if key == "" then return take_away(base, player, newest) end
  local order, members = KEYS[base], KEYS[base + 1]
  local shown = redis.call("HGET", members, player)
  if not shown then
    local gone = redis.call("HGET", state, "gone:" .. player)
    if gone and tonumber(gone) >= tonumber(newest) then return 0 end
  end
  local old
  if shown then
    local colon = string.find(shown, ":", 1, true)
    if tonumber(string.sub(shown, 1, colon - 1)) >= tonumber(newest) then return 0 end
    old = string.sub(shown, colon + 1)
  end
  if old ~= key then
    if old then redis.call("ZREM", order, old .. player) end
    redis.call("ZADD", order, 0, key .. player)
    if ties == "dense" then
      step_on(KEYS[base + 2], KEYS[base + 3], string.sub(key, 1, width))
      if old then step_off(KEYS[base + 2], KEYS[base + 3], string.sub(old, 1, width)) end
    end
  end
  redis.call("HSET", members, player, newest .. ":" .. key)
  if metadata ~= "" then redis.call("HSET", KEYS[base + 4], player, metadata) end
  return 1
end

local function rank(player, before)
  local shown = redis.call("HGET", KEYS[2], player)
  if not shown then return 0 end
  local colon = string.find(shown, ":", 1, true)
  -- What a follower showed already has no rank before any more.
  if before and tonumber(string.sub(shown, 1, colon - 1)) >= before then return 0 end
  local key = string.sub(shown, colon + 1)
  if ties == "ordinal" then return redis.call("ZREVRANK", KEYS[1], key .. player) + 1 end
  local better = "(" .. string.sub(key, 1, width) .. "\255"
  return redis.call("ZLEXCOUNT", ties == "dense" and KEYS[3] or KEYS[1], better, "+") + 1
end

local live = redis.call("HGET", state, "layout") == layout
local newest = tonumber(redis.call("HGET", state, "version") or 0)
if not live and entries == count and version >= newest then
  -- These are all standings that there are, and nothing newer was to be shown here meanwhile.
  redis.call("UNLINK", KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
  redis.call("HSET", state, "layout", layout, "made", ARGV[7], "changes", 0)
  live = true
end
-- A writer that does not know the new order yet must not write into what is built in it.
local building = redis.call("HGET", state, "building-layout") == layout

local answer = { live and 1 or 0 }
for i = 0, count - 1 do
  local at = FIRST + i * FIELDS
  answer[2 + i * 2] = live and ranked and rank(ARGV[at], tonumber(ARGV[at + 1])) or 0
end
local changes = 0
for i = 0, count - 1 do
  local at = FIRST + i * FIELDS
  if live then changes = changes + put(1, ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]) end
  if building then put(7, ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]) end
end
-- What comes late has an old version: only the count of changes tells one state from another.
if changes > 0 then redis.call("HINCRBY", state, "changes", changes) end
if newest < version then redis.call("HSET", state, "version", version) end
for i = 0, count - 1 do
  answer[3 + i * 2] = live and ranked and rank(ARGV[FIRST + i * FIELDS]) or 0
end
return answer
