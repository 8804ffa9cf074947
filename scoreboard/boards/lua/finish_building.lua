-- Replace the shown window by the built one, unless another builder began later or it is damaged.
--
-- KEYS 1-5   order, members, tiers, tier sizes, metadata: of the shown window
-- KEYS 6     state     KEYS 7-11  as 1-5, of the built window
-- ARGV[1] token   ARGV[2] layout   ARGV[3] version   ARGV[4] tie rule   ARGV[5] width of a tier
-- returns 1 if it is shown now, otherwise 0

-- with _window.lua
-- with _changes.lua

local state, ties, width = KEYS[6], ARGV[4], tonumber(ARGV[5])
local known = fields(state, "building", "building-held", "version")
if not known or known[1] ~= ARGV[1] then return 0 end
local built = counted(7, ties, known[2])
if not built then return 0 end

-- A page that was read before a player was removed may have brought the player back.
local function take_away_removed()
  local noted = redis.call("HGETALL", state)
  for i = 1, #noted, 2 do
    local player, version, key = string.match(noted[i], "^gone:(.*)$"), nil, nil
    if player then version, key = member(redis.call("HGET", KEYS[8], player)) end
    if version and version <= tonumber(noted[i + 1]) then take_away(built, player, key, ties, width) end
  end
end

if not sound(take_away_removed) then return 0 end

-- UNLINK frees the old keys in the background: freeing ten million members takes seconds, which RENAME would block for.
redis.call("UNLINK", KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
for i = 1, 5 do
  if redis.call("EXISTS", KEYS[6 + i]) == 1 then
    redis.call("RENAME", KEYS[6 + i], KEYS[i])
  end
end
redis.call("HDEL", state, "building", "building-layout", "building-held")
redis.call("HSET", state, "layout", ARGV[2], "stamp", ARGV[1], "held", as_held(built),
  "version", math.max(tonumber(known[3] or 0) or 0, tonumber(ARGV[3])))
return 1
