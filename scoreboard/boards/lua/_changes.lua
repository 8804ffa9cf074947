-- Functions of scripts that change a window. A line `-- with _changes.lua` below `-- with _window.lua` includes them.
-- A window is a table: `at`, the index of its first key; `entries`, `tiers` and `texts`, the sizes of its keys; `changes`.

-- The window of the keys from `at` on; nothing if their sizes are not those that its state says.
local function counted(at, ties, held)
  local entries, tiers, texts = holds(at, ties, held)
  return entries and { at = at, entries = entries, tiers = tiers, texts = texts, changes = 0 }
end

local function as_held(window)
  return window.entries .. " " .. window.tiers .. " " .. window.texts
end

-- Count one player more on a tier, or one less.
local function step(window, tier, by)
  local size = redis.pcall("HINCRBY", KEYS[window.at + 3], tier, by)
  if type(size) ~= "number" or size < 0 then error(DAMAGED) end
  if size == 1 and by == 1 then window.tiers = window.tiers + redis.call("ZADD", KEYS[window.at + 2], 0, tier) end
  if size == 0 then
    redis.call("HDEL", KEYS[window.at + 3], tier)
    window.tiers = window.tiers - redis.call("ZREM", KEYS[window.at + 2], tier)
  end
end

-- Remove the standing of a player, whose order key is `key`.
local function take_away(window, player, key, ties, width)
  if redis.call("ZREM", KEYS[window.at], key .. player) == 0 then error(DAMAGED) end
  if ties == "dense" then step(window, string.sub(key, 1, width), -1) end
  window.entries = window.entries - redis.call("HDEL", KEYS[window.at + 1], player)
  window.texts = window.texts - redis.call("HDEL", KEYS[window.at + 4], player)
  window.changes = window.changes + 1
end
