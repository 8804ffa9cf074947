-- Compare a window with standings from SQL.
--
-- KEYS  order, members, tiers, tier sizes, metadata, state
-- ARGV[1] layout   ARGV[2] tie rule   ARGV[3] width of a tier
-- ARGV[4…]  for each standing: player, version, order key, metadata
-- returns nothing if the window is not shown or damaged, otherwise
--   {version, entries, then for each standing that differs: player, what Redis holds}

-- with _window.lua

local order, members, tiers, sizes, metadata, state = unpack(KEYS)
local ties, width, FIRST, FIELDS = ARGV[2], tonumber(ARGV[3]), 4, 4

local known = fields(state, "layout", "held", "version")
if not known or known[1] ~= ARGV[1] then return false end
local total, _, texts = holds(1, ties, known[2])
if not total then return false end
local answer, tier_sound = { known[3] or "0", total }, {}

-- Whether a tier has as many players as its size says.
local function counted(tier)
  if tier_sound[tier] == nil then
    local standing = redis.call("ZLEXCOUNT", order, "[" .. tier, "(" .. tier .. "\255")
    tier_sound[tier] = redis.call("ZSCORE", tiers, tier) == "0"
      and redis.call("HGET", sizes, tier) == string.format("%.0f", standing)
  end
  return tier_sound[tier]
end

for at = FIRST, #ARGV, FIELDS do
  local player, key = ARGV[at], ARGV[at + 2]
  local text = redis.call("HGET", members, player) or ""
  local place = redis.call("ZSCORE", order, key .. player) or ""
  local told = texts > 0 and redis.call("HGET", metadata, player) or ""
  local in_tier = ties ~= "dense" or counted(string.sub(key, 1, width))
  if text ~= ARGV[at + 1] .. ":" .. key or place ~= "0" or told ~= ARGV[at + 3] or not in_tier then
    answer[#answer + 1] = player
    answer[#answer + 1] = text .. " " .. place .. " " .. told .. (in_tier and "" or " tier")
  end
end
return answer
