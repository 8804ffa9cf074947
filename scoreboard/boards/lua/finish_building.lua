-- Show what was built, all of it at once, unless somebody began to build after us.
--
-- KEYS 1-5   order, members, tiers, tier sizes, metadata: as they are shown
-- KEYS 6     state     KEYS 7-11  as 1-5, where they were built
-- ARGV[1] token   ARGV[2] layout   ARGV[3] version
-- returns 1 if it is shown now, else 0

local state = KEYS[6]
if redis.call("HGET", state, "building") ~= ARGV[1] then return 0 end

-- A page that was read before a player went may have brought the player here since.
local fields = redis.call("HGETALL", state)
for i = 1, #fields, 2 do
  local player = string.match(fields[i], "^gone:(.*)$")
  local built = player and redis.call("HGET", KEYS[8], player)
  if built then
    local colon = string.find(built, ":", 1, true)
    if tonumber(string.sub(built, 1, colon - 1)) <= tonumber(fields[i + 1]) then
      local key = string.sub(built, colon + 1)
      redis.call("ZREM", KEYS[7], key .. player)
      redis.call("HDEL", KEYS[8], player)
      redis.call("HDEL", KEYS[11], player)
      local some = redis.call("ZRANGE", KEYS[9], 0, 0)[1] -- only dense windows have tiers
      local tier = some and string.sub(key, 1, #some)
      if tier and redis.call("HINCRBY", KEYS[10], tier, -1) == 0 then
        redis.call("HDEL", KEYS[10], tier)
        redis.call("ZREM", KEYS[9], tier)
      end
    end
  end
end

-- What was shown is freed aside: to free ten million members takes seconds, and RENAME would do it here.
redis.call("UNLINK", KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
for i = 1, 5 do
  if redis.call("EXISTS", KEYS[6 + i]) == 1 then
    redis.call("RENAME", KEYS[6 + i], KEYS[i])
  end
end
redis.call("HDEL", state, "building", "building-layout")
redis.call("HSET", state, "layout", ARGV[2], "made", ARGV[1], "changes", 0)
if tonumber(redis.call("HGET", state, "version") or 0) < tonumber(ARGV[3]) then
  redis.call("HSET", state, "version", ARGV[3])
end
return 1
