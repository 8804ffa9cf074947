-- Read the places of some players, or the place that a new player would get, from one state.
--
-- KEYS  order, members, tiers, tier sizes, metadata, state
-- ARGV[1] layout   ARGV[2] tie rule   ARGV[3] width of a tier
-- ARGV[4] "players" or "tier"   ARGV[5…] players, or one tier
-- returns nothing if the window is not shown or damaged, otherwise
--   {version, stamp, total, then for each place: player, order key, position, ahead, tiers ahead, metadata}

-- with _window.lua

local order, members, tiers, metadata, state = KEYS[1], KEYS[2], KEYS[3], KEYS[5], KEYS[6]
local ties, width, how = ARGV[2], tonumber(ARGV[3]), ARGV[4]

local known = fields(state, "layout", "held", "version", "stamp")
if not known or known[1] ~= ARGV[1] then return false end
local total = holds(1, ties, known[2])
if not total then return false end
local answer = { known[3] or "0", known[4] or "", total }

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
    if not position then return false end
    add(ARGV[i], key, position, redis.call("HGET", metadata, ARGV[i]) or "")
  end
end
return answer
