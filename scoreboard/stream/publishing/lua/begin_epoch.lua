-- Begin a new epoch of the stream: everything that was published before is invalid.
--
-- KEYS[1] lease   KEYS[2] head (hash: epoch, seq, server, boards)   KEYS[3] frames   KEYS[4] shown
-- ARGV[1] token   ARGV[2] epoch   ARGV[3] the server's run id
-- returns "ok" or "fenced"

if redis.call("GET", KEYS[1]) ~= ARGV[1] then return "fenced" end
redis.call("DEL", KEYS[3], KEYS[4])
redis.call("HSET", KEYS[2], "epoch", ARGV[2], "seq", "0", "server", ARGV[3], "boards", "0")
return "ok"
