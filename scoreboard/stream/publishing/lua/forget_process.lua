-- Give a number back, with the report under it, if it is the caller's.
--
-- KEYS[1] numbers  KEYS[2] processes   ARGV[1] token  ARGV[2] number

local known = redis.call("HGET", KEYS[1], ARGV[2])
if not known or known:match("^%S+") ~= ARGV[1] then return end
redis.call("HDEL", KEYS[1], ARGV[2])
redis.call("HDEL", KEYS[2], ARGV[2])
