-- Read places in list order, from one state of a window, with the names of their players.
--
-- KEYS 1-6   order, members, tiers, tier sizes, metadata, state
-- KEYS 7-9   catalogue version, renames, names
-- ARGV[1] layout   ARGV[2] tie rule   ARGV[3] width of a tier   ARGV[4] width of an order key
-- ARGV[5] "offset", "after" or "around"   ARGV[6] offset, member or player   ARGV[7] limit or radius
-- ARGV[8] stamp and ARGV[9] state of the names that the caller has the answer of, "" for none
-- returns {versions} if the window is not shown or damaged; {versions, stamp} if the caller has the answer; otherwise
--   {versions, stamp, version, total, names, position of the first, ahead of it, tiers ahead of it, members, metadata}

-- with _window.lua
-- with _versions.lua

local order, tiers, metadata, state = KEYS[1], KEYS[3], KEYS[5], KEYS[6]
local ties, tier_width, key_width = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local how, from, limit = ARGV[5], ARGV[6], tonumber(ARGV[7])

local versions = read_versions(KEYS[7], KEYS[8], KEYS[9])
local known = fields(state, "layout", "held", "version", "stamp")
if not known or known[1] ~= ARGV[1] then return { versions } end
local total, _, texts_held = holds(1, ties, known[2])
if not total then return { versions } end
local version, stamp = known[3] or "0", known[4] or ""
if stamp ~= "" and stamp == ARGV[8] and versions[2] ~= "" and versions[2] == ARGV[9] then return { versions, stamp } end

local start, stop
if how == "after" then
  start = redis.call("ZLEXCOUNT", order, "[" .. from, "+")
  stop = start + limit - 1
elseif how == "around" then
  local shown = redis.call("HGET", KEYS[2], from)
  if not shown then return { versions, stamp, version, total, {}, 0, 0, 0, {}, {} } end
  local readable, _, key = pcall(member, shown)
  local position = readable and redis.call("ZREVRANK", order, key .. from)
  if not position then return { versions } end
  start, stop = math.max(0, position - limit), position + limit
else
  start = tonumber(from)
  stop = start + limit - 1
end

local members = redis.call("ZREVRANGE", order, start, stop)
if #members == 0 then return { versions, stamp, version, total, {}, start, 0, 0, {}, {} } end

local better = "(" .. string.sub(members[1], 1, tier_width) .. "\255"
local ahead = redis.call("ZLEXCOUNT", order, better, "+")
local tiers_ahead = ties == "dense" and redis.call("ZLEXCOUNT", tiers, better, "+") or 0

local players, texts = {}, {}
for i, member in ipairs(members) do players[i] = string.sub(member, key_width + 1) end
if texts_held > 0 then
  for i, player in ipairs(players) do texts[i] = redis.call("HGET", metadata, player) or "" end
end
local names = read_names(versions, KEYS[9], players)
return { versions, stamp, version, total, names, start, ahead, tiers_ahead, members, texts }
