-- Show standings in one window. They may come late, twice, or in any order: the newest wins.
--
-- KEYS 1-5   order, members, tiers, tier sizes, metadata: of the shown window
-- KEYS 6     state     hash  layout (of the board), version (newest fact, also while it is not shown),
--                            held (the numbers of entries, tiers and texts), stamp (a token of the newest
--                            change), building, building-layout, building-held, and
--                            gone:<player> → the fact that removed the player
-- KEYS 7-11  as 1-5, of the window that is being built
-- ARGV[1] layout   ARGV[2] version   ARGV[3] entries that SQL holds   ARGV[4] tie rule
-- ARGV[5] width of a tier   ARGV[6] 1 to return ranks   ARGV[7] a new token
-- ARGV[8…]  for each standing: player, version, order key ("" if that fact removed the player),
--            metadata ("" for none)
-- returns {1 if the window is complete and shown, else 0; then for each standing: rank before and
--          rank after, both 0 where there is none}

-- with _window.lua
-- with _changes.lua

local state = KEYS[6]
local layout, version, entries, ties = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local width, ranked, FIRST, FIELDS = tonumber(ARGV[5]), ARGV[6] == "1", 8, 4
local count = (#ARGV - FIRST + 1) / FIELDS

-- Whether this fact or a later one removed a player: a late standing does not bring them back.
local function removed(player, newest)
  local gone = redis.call("HGET", state, "gone:" .. player)
  return gone and tonumber(gone) >= tonumber(newest)
end

local function put(window, player, newest, key, metadata)
  local order, members = KEYS[window.at], KEYS[window.at + 1]
  local shown, old = member(redis.call("HGET", members, player))
  if key == "" then return old and shown <= tonumber(newest) and take_away(window, player, old, ties, width) end
  if not shown and removed(player, newest) then return end
  if shown and shown >= tonumber(newest) then return end
  if old ~= key then
    if old and redis.call("ZREM", order, old .. player) == 0 then error(DAMAGED) end
    if redis.call("ZADD", order, 0, key .. player) == 0 then error(DAMAGED) end
    if ties == "dense" then
      step(window, string.sub(key, 1, width), 1)
      if old then step(window, string.sub(old, 1, width), -1) end
    end
  end
  window.entries = window.entries + redis.call("HSET", members, player, newest .. ":" .. key)
  if metadata ~= "" then
    window.texts = window.texts + redis.call("HSET", KEYS[window.at + 4], player, metadata)
  end
  window.changes = window.changes + 1
end

local function rank(player, before)
  local shown, key = member(redis.call("HGET", KEYS[2], player))
  -- If a follower has shown it already, the rank before it is lost.
  if not shown or before and shown >= before then return 0 end
  if ties == "ordinal" then
    local position = redis.call("ZREVRANK", KEYS[1], key .. player)
    if not position then error(DAMAGED) end
    return position + 1
  end
  local better = "(" .. string.sub(key, 1, width) .. "\255"
  return redis.call("ZLEXCOUNT", ties == "dense" and KEYS[3] or KEYS[1], better, "+") + 1
end

local function put_all(window)
  for i = FIRST, #ARGV, FIELDS do put(window, ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]) end
end

local function unlink(at)
  redis.call("UNLINK", KEYS[at], KEYS[at + 1], KEYS[at + 2], KEYS[at + 3], KEYS[at + 4])
end

local known = fields(state, "layout", "version", "held", "building-layout", "building-held")
if not known then
  redis.call("UNLINK", state)
  known = {}
end

-- Noted also if the window is not shown: a builder may have read the standing before it was removed.
for i = FIRST, #ARGV, FIELDS do
  if ARGV[i + 2] == "" and not removed(ARGV[i], ARGV[i + 1]) then
    redis.call("HSET", state, "gone:" .. ARGV[i], ARGV[i + 1])
  end
end

local newest, changed = tonumber(known[2] or 0) or 0, {}
local window = known[1] == layout and counted(1, ties, known[3])
local live = window and true
if not live and (known[1] == layout or not known[1]) then
  -- The keys of a window that is not shown are deleted, so that they are never taken for a current one.
  redis.call("HDEL", state, "layout")
  unlink(1)
end
if not live and entries == count and version >= newest then
  -- These are all standings of the window, and none of them is older than what was shown here.
  unlink(1)
  window = { at = 1, entries = 0, tiers = 0, texts = 0, changes = 1 }
  redis.call("HSET", state, "layout", layout)
  live = true
end

local answer = { 0 }
if live then
  live = sound(function()
    for i = 0, ranked and count - 1 or -1 do
      local at = FIRST + i * FIELDS
      answer[2 + i * 2] = rank(ARGV[at], tonumber(ARGV[at + 1]))
    end
    put_all(window)
    for i = 0, ranked and count - 1 or -1 do answer[3 + i * 2] = rank(ARGV[FIRST + i * FIELDS]) end
  end)
  if live then
    answer[1] = 1
    -- A late standing has an old version, so only a token tells one state from another.
    if window.changes > 0 then changed = { "held", as_held(window), "stamp", ARGV[7] } end
  else
    answer = { 0 }
    redis.call("HDEL", state, "layout")
    unlink(1)
  end
end

-- A writer that does not know the new order yet must not write to a window that is built in it.
if known[4] == layout then
  local built = counted(7, ties, known[5])
  if built and sound(put_all, built) then
    changed[#changed + 1], changed[#changed + 2] = "building-held", as_held(built)
  else
    redis.call("HDEL", state, "building", "building-layout")
    unlink(7)
  end
end

if newest < version then changed[#changed + 1], changed[#changed + 2] = "version", version end
if #changed > 0 then redis.call("HSET", state, unpack(changed)) end
if answer[1] == 1 and not ranked then
  for i = 2, 1 + 2 * count do answer[i] = 0 end
end
return answer
