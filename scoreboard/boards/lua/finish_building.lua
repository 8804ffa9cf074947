-- Show what was built, all of it at once, unless somebody began to build after us or it is damaged.
--
-- KEYS 1-5   order, members, tiers, tier sizes, metadata: as they are shown
-- KEYS 6     state     KEYS 7-11  as 1-5, where they were built
-- ARGV[1] token   ARGV[2] layout   ARGV[3] version   ARGV[4] tie rule   ARGV[5] width of a tier
-- returns 1 if it is shown now, else 0

-- with _window.lua

local state = KEYS[6]
local known = fields(state, "building", "building-held", "version")
if not known or known[1] ~= ARGV[1] then return 0 end
local entries, tiers, texts = holds(7, ARGV[4], known[2])
if not entries then return 0 end

local function take_away(player, key)
  if redis.call("ZREM", KEYS[7], key .. player) == 0 then error(DAMAGED) end
  entries = entries - redis.call("HDEL", KEYS[8], player)
  texts = texts - redis.call("HDEL", KEYS[11], player)
  if ARGV[4] ~= "dense" then return end
  local tier = string.sub(key, 1, tonumber(ARGV[5]))
  if redis.call("HINCRBY", KEYS[10], tier, -1) == 0 then
    redis.call("HDEL", KEYS[10], tier)
    tiers = tiers - redis.call("ZREM", KEYS[9], tier)
  end
end

-- A page that was read before a player went may have brought the player here since.
local function take_away_who_went()
  local noted = redis.call("HGETALL", state)
  for i = 1, #noted, 2 do
    local player, version, key = string.match(noted[i], "^gone:(.*)$"), nil, nil
    if player then version, key = member(redis.call("HGET", KEYS[8], player)) end
    if version and version <= tonumber(noted[i + 1]) then take_away(player, key) end
  end
end

if not sound(take_away_who_went) then return 0 end

-- What was shown is freed aside: to free ten million members takes seconds, and RENAME would do it here.
redis.call("UNLINK", KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
for i = 1, 5 do
  if redis.call("EXISTS", KEYS[6 + i]) == 1 then
    redis.call("RENAME", KEYS[6 + i], KEYS[i])
  end
end
redis.call("HDEL", state, "building", "building-layout", "building-held")
redis.call("HSET", state, "layout", ARGV[2], "stamp", ARGV[1], "held", entries .. " " .. tiers .. " " .. texts,
  "version", math.max(tonumber(known[3] or 0) or 0, tonumber(ARGV[3])))
return 1
