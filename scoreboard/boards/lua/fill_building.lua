-- Write a page of standings to a window that is being built. Writers may have written some already: the
-- newest wins. Many standings are written by one command; one by one they take twice as long.
--
-- KEYS 1-5  order, members, tiers, tier sizes, metadata: of the built window
-- KEYS 6    state     ARGV[1] token of this builder   ARGV[2] tie rule   ARGV[3] width of a tier
-- ARGV[4] version: the window holds everything up to it once it is built
-- ARGV[5…]  for each standing: player, version, order key, metadata ("" for none); each player once
-- returns 1, or 0 if another builder began later or the built window is damaged: building can stop

-- with _window.lua

local ORDER, MEMBERS, TIERS, SIZES, METADATA, state = unpack(KEYS)
local dense, width, FIRST, FIELDS = ARGV[2] == "dense", tonumber(ARGV[3]), 5, 4
local MOST = 1000 -- players of one command: a call takes about 8000 values
local more = { entries = 0, tiers = 0, texts = 0 } -- that this page adds

-- Count how many players a tier gains.
local function note(steps, key, by)
  if not dense then return end
  local tier = string.sub(key, 1, width)
  steps[tier] = (steps[tier] or 0) + by
end

local function fill(first, last)
  local players, order, members, metadata = {}, {}, {}, {}
  for at = first, last, FIELDS do players[#players + 1] = ARGV[at] end
  local shown, steps = redis.call("HMGET", MEMBERS, unpack(players)), {}
  for i, player in ipairs(players) do
    local at, old, newer = first + (i - 1) * FIELDS, shown[i], false
    local newest, key = ARGV[at + 1], ARGV[at + 2]
    if old then
      local version, held = member(old)
      newer, old = version >= tonumber(newest), held
    end
    if not newer then
      if old then
        redis.call("ZREM", ORDER, old .. player)
        note(steps, old, -1)
      end
      order[#order + 1], order[#order + 2] = 0, key .. player
      members[#members + 1], members[#members + 2] = player, newest .. ":" .. key
      note(steps, key, 1)
      if ARGV[at + 3] ~= "" then
        metadata[#metadata + 1], metadata[#metadata + 2] = player, ARGV[at + 3]
      end
    end
  end
  if #order > 0 then
    redis.call("ZADD", ORDER, unpack(order))
    more.entries = more.entries + redis.call("HSET", MEMBERS, unpack(members))
  end
  if #metadata > 0 then more.texts = more.texts + redis.call("HSET", METADATA, unpack(metadata)) end
  return steps
end

local function step(tier, by)
  local size = by ~= 0 and redis.call("HINCRBY", SIZES, tier, by)
  if size == by then more.tiers = more.tiers + redis.call("ZADD", TIERS, 0, tier) end
  if size == 0 then
    redis.call("HDEL", SIZES, tier)
    more.tiers = more.tiers - redis.call("ZREM", TIERS, tier)
  end
end

local known = fields(state, "building", "building-held", "version")
if not known or known[1] ~= ARGV[1] then return 0 end
local entries, tiers, texts = holds(1, ARGV[2], known[2])
if not entries then return 0 end

local function fill_all()
  for first = FIRST, #ARGV, MOST * FIELDS do
    local steps = fill(first, math.min(#ARGV, first + MOST * FIELDS - 1))
    for tier, by in pairs(steps) do step(tier, by) end
  end
end

if not sound(fill_all) then return 0 end
redis.call("HSET", state,
  "building-held", entries + more.entries .. " " .. tiers + more.tiers .. " " .. texts + more.texts,
  "version", math.max(tonumber(known[3] or 0) or 0, tonumber(ARGV[4])))
return 1
