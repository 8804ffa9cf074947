-- Read the places of some players with their names, or the place that a new player would get, from one state.
--
-- KEYS 1-6   order, members, tiers, tier sizes, metadata, state
-- KEYS 7-9   catalogue version, renames, names
-- ARGV[1] layout   ARGV[2] tie rule   ARGV[3] width of a tier
-- ARGV[4] "players" or "tier"   ARGV[5…] players, or one tier
-- returns {versions} if the window is not shown or damaged, otherwise {versions, stamp, version, total, names,
--   then for each place: player, order key, position, ahead, tiers ahead, metadata}

-- with _window.lua
-- with _versions.lua

local order, members, tiers, metadata, state = KEYS[1], KEYS[2], KEYS[3], KEYS[5], KEYS[6]
local ties, width, how = ARGV[2], tonumber(ARGV[3]), ARGV[4]

local versions = read_versions(KEYS[7], KEYS[8], KEYS[9])
local known = fields(state, "layout", "held", "version", "stamp")
if not known or known[1] ~= ARGV[1] then return { versions } end
local total = holds(1, ties, known[2])
if not total then return { versions } end
local answer, players = { versions, known[4] or "", known[3] or "0", total, {} }, {}

local function add(player, key, position, text)
  local better = "(" .. string.sub(key, 1, width) .. "\255"
  local ahead = redis.call("ZLEXCOUNT", order, better, "+")
  local tiers_ahead = ties == "dense" and redis.call("ZLEXCOUNT", tiers, better, "+") or 0
  for _, value in ipairs({ player, key, position, ahead, tiers_ahead, text }) do
    answer[#answer + 1] = value
  end
end

if how == "tier" then
  add("", ARGV[5], redis.call("ZLEXCOUNT", order, "[" .. ARGV[5], "+"), "")
  return answer
end
for i = 5, #ARGV do
  local shown = redis.call("HGET", members, ARGV[i])
  if shown then
    local readable, _, key = pcall(member, shown)
    local position = readable and redis.call("ZREVRANK", order, key .. ARGV[i])
    if not position then return { versions } end
    add(ARGV[i], key, position, redis.call("HGET", metadata, ARGV[i]) or "")
    players[#players + 1] = ARGV[i]
  end
end
answer[5] = read_names(versions, KEYS[9], players)
return answer
