-- Read places in list order, from one state of a window.
--
-- KEYS  order, members, tiers, tier sizes, metadata, state
-- ARGV[1] layout   ARGV[2] tie rule   ARGV[3] width of a tier   ARGV[4] width of an order key
-- ARGV[5] "offset", "after" or "around"   ARGV[6] offset, member or player   ARGV[7] limit or radius
-- returns nothing if the window is not shown or damaged, otherwise
--   {version, stamp, total, position of the first, ahead of it, tiers ahead of it, members, metadata}

-- with _window.lua

local order, tiers, metadata, state = KEYS[1], KEYS[3], KEYS[5], KEYS[6]
local ties, tier_width, key_width = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local how, from, limit = ARGV[5], ARGV[6], tonumber(ARGV[7])

local known = fields(state, "layout", "held", "version", "stamp")
if not known or known[1] ~= ARGV[1] then return false end
local total, _, texts_held = holds(1, ties, known[2])
if not total then return false end
local version, stamp = known[3] or "0", known[4] or ""

local start, stop
if how == "after" then
  start = redis.call("ZLEXCOUNT", order, "[" .. from, "+")
  stop = start + limit - 1
elseif how == "around" then
  local shown = redis.call("HGET", KEYS[2], from)
  if not shown then return { version, stamp, total, 0, 0, 0, {}, {} } end
  local readable, _, key = pcall(member, shown)
  local position = readable and redis.call("ZREVRANK", order, key .. from)
  if not position then return false end
  start, stop = math.max(0, position - limit), position + limit
else
  start = tonumber(from)
  stop = start + limit - 1
end

local members = redis.call("ZREVRANGE", order, start, stop)
if #members == 0 then return { version, stamp, total, start, 0, 0, {}, {} } end

local better = "(" .. string.sub(members[1], 1, tier_width) .. "\255"
local ahead = redis.call("ZLEXCOUNT", order, better, "+")
local tiers_ahead = ties == "dense" and redis.call("ZLEXCOUNT", tiers, better, "+") or 0

local texts = {}
if texts_held > 0 then
  for i, member in ipairs(members) do
    texts[i] = redis.call("HGET", metadata, string.sub(member, key_width + 1)) or ""
  end
end
return { version, stamp, total, start, ahead, tiers_ahead, members, texts }
