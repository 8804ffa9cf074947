-- Show what was built, all of it at once, unless somebody began to build after us.
--
-- KEYS 1-5   order, members, tiers, tier sizes, metadata: as they are shown
-- KEYS 6     state     KEYS 7-11  as 1-5, where they were built
-- ARGV[1] token   ARGV[2] layout   ARGV[3] version
-- returns 1 if it is shown now, else 0

local state = KEYS[6]
if redis.call("HGET", state, "building") ~= ARGV[1] then return 0 end

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
