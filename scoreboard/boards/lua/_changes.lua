-- What scripts share that change a window: a line `-- with _changes.lua`, below that for _window.lua, stands for this file.
-- A window is a table: `at`, where its keys begin; `entries`, `tiers` and `texts`, how much they hold; `changes`.

-- A window as its keys are; nothing where they do not hold what they should.
local function counted(at, ties, held)
  local entries, tiers, texts = holds(at, ties, held)
  return entries and { at = at, entries = entries, tiers = tiers, texts = texts, changes = 0 }
end

local function as_held(window)
  return window.entries .. " " .. window.tiers .. " " .. window.texts
end

-- One more player on a tier, or one less.
local function step(window, tier, by)
  local size = redis.pcall("HINCRBY", KEYS[window.at + 3], tier, by)
  if type(size) ~= "number" or size < 0 then error(DAMAGED) end
  if size == 1 and by == 1 then window.tiers = window.tiers + redis.call("ZADD", KEYS[window.at + 2], 0, tier) end
  if size == 0 then
    redis.call("HDEL", KEYS[window.at + 3], tier)
    window.tiers = window.tiers - redis.call("ZREM", KEYS[window.at + 2], tier)
  end
end

-- Takes the standing of a player away, whose order key is known.
local function take_away(window, player, key, ties, width)
  if redis.call("ZREM", KEYS[window.at], key .. player) == 0 then error(DAMAGED) end
  if ties == "dense" then step(window, string.sub(key, 1, width), -1) end
  window.entries = window.entries - redis.call("HDEL", KEYS[window.at + 1], player)
  window.texts = window.texts - redis.call("HDEL", KEYS[window.at + 4], player)
  window.changes = window.changes + 1
end
