-- Delete the display names of removed players, each unless a newer fact named the player.
--
-- KEYS[1] names    hash    player -> fact that named the player, and the name
-- KEYS[2] renames  string  as in show_names.lua
-- ARGV[1] the fact that removed them
-- ARGV[2...]  players

-- with _names.lua

local names, renames, gone = KEYS[1], KEYS[2], tonumber(ARGV[1])
local newest, token = read_renames(names, renames)
for i = 2, #ARGV do
  local shown = redis.call("HGET", names, ARGV[i])
  if shown and (tonumber(string.match(shown, "^%d+")) or 0) < gone then redis.call("HDEL", names, ARGV[i]) end
end
if newest then store_renames(names, renames, newest, token) end
