-- Release the lease, if it is the caller's.
--
-- KEYS[1] lease   ARGV[1] token

if redis.call("GET", KEYS[1]) == ARGV[1] then redis.call("DEL", KEYS[1]) end
