-- Forget the display names of players who are gone, each unless a newer fact named the player.
--
-- KEYS[1] names    hash    player -> fact that named him, and the name
-- ARGV[1] the fact by which they are gone
-- ARGV[2...]  players

local gone = tonumber(ARGV[1])
for i = 2, #ARGV do
  local shown = redis.call("HGET", KEYS[1], ARGV[i])
  if shown and tonumber(string.match(shown, "^%d+")) < gone then
    redis.call("HDEL", KEYS[1], ARGV[i])
  end
end
