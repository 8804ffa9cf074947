-- Show display names. Names may come late or twice: the one of the newest fact stays.
--
-- KEYS[1] names    hash    player -> fact that named the player, and the name
-- KEYS[2] renames  string  the newest fact that changed a name that boards may show, how many names there are, and
--                          a token of these names; absent while names are missing
-- ARGV[1] that fact if all names are shown now, otherwise ""   ARGV[2] a new token
-- ARGV[3...]  for each name: player, fact, name, 1 if boards may list the player already, otherwise 0

-- with _names.lua

local names, renames = KEYS[1], KEYS[2]
local newest, token = read_renames(names, renames)
local complete = tonumber(ARGV[1])
for i = 3, #ARGV, 4 do
  local seq = tonumber(ARGV[i + 1])
  local shown = redis.call("HGET", names, ARGV[i])
  if not shown or (tonumber(string.match(shown, "^%d+")) or 0) < seq then
    redis.call("HSET", names, ARGV[i], ARGV[i + 1] .. ":" .. ARGV[i + 2])
    if newest and ARGV[i + 3] == "1" then newest = math.max(newest, seq) end
  end
end

if complete then newest, token = math.max(complete, newest or 0), ARGV[2] end
if newest then store_renames(names, renames, newest, token) end
