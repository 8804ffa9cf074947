-- Take the lease, or renew it.
--
-- KEYS[1] lease   ARGV[1] token   ARGV[2] milliseconds
-- returns 1 if the caller publishes now, otherwise 0

local holder = redis.call("GET", KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
return 1
