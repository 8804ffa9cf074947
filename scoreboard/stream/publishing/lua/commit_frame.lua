-- Publish one frame: only by the publisher that holds the lease, and only next in line.
--
-- KEYS[1] lease   KEYS[2] head (hash: epoch, seq, boards)   KEYS[3] frames (stream)   KEYS[4] shown (hash)
-- ARGV[1] token   ARGV[2] epoch   ARGV[3] number that the head must have
-- ARGV[4] scope   ARGV[5] frame   ARGV[6] the board as it is shown from now on   ARGV[7] frames kept
-- ARGV[8] the state of the window that the frame shows
-- returns "ok", "fenced" (another process publishes) or "conflict" (the head has another number)

if redis.call("GET", KEYS[1]) ~= ARGV[1] then return "fenced" end
local head = redis.call("HMGET", KEYS[2], "epoch", "seq", "boards")
if head[1] ~= ARGV[2] or head[2] ~= ARGV[3] then return "conflict" end

local seq = string.format("%.0f", tonumber(ARGV[3]) + 1)
redis.call("XADD", KEYS[3], "MAXLEN", "~", ARGV[7], ARGV[2] .. "-" .. seq, "scope", ARGV[4], "frame", ARGV[5], "stamp", ARGV[8])
local more = redis.call("HSET", KEYS[4], ARGV[4], ARGV[6])
redis.call("HSET", KEYS[2], "seq", seq, "boards", (tonumber(head[3]) or 0) + more)
return "ok"
