-- Show display names. They may come late or twice: the newest wins.
--
-- KEYS[1] names    hash    player -> fact that named him, and the name
-- KEYS[2] renames  string  the newest fact that changed a name; absent while names are incomplete
-- ARGV[1] that fact, where all names are shown now; else ""
-- ARGV[2...]  for each name: player, fact, name

local newest = tonumber(ARGV[1]) or 0
for i = 2, #ARGV, 3 do
  local seq = tonumber(ARGV[i + 1])
  local shown = redis.call("HGET", KEYS[1], ARGV[i])
  if not shown or tonumber(string.match(shown, "^%d+")) < seq then
    redis.call("HSET", KEYS[1], ARGV[i], ARGV[i + 1] .. ":" .. ARGV[i + 2])
  end
  newest = math.max(newest, seq)
end

local known = tonumber(redis.call("GET", KEYS[2]))
if ARGV[1] ~= "" or known then
  redis.call("SET", KEYS[2], string.format("%.0f", math.max(newest, known or 0)))
end
