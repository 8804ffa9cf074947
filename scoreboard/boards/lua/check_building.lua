-- Find out whether a page of standings can be added to a window that is being built by plain commands: it can if the
-- window holds none of the page's players yet.
--
-- KEYS 1-5  order, members, tiers, tier sizes, metadata: of the built window
-- KEYS 6    state     ARGV[1] token of this builder   ARGV[2] tie rule   ARGV[3] number of players
-- ARGV[4…]  the players, then the page's tiers if ties are dense
-- returns nothing if it can't; otherwise the numbers of entries, tiers and texts in the window, the version in its state,
-- and the size of each of the page's tiers

-- with _window.lua

local MEMBERS, SIZES, state = KEYS[2], KEYS[4], KEYS[6]
local MOST = 5000 -- players of one command: a call takes about 8000 values
local last = 3 + tonumber(ARGV[3])
if last > MOST then return end

local known = fields(state, "building", "building-held", "version")
if not known or known[1] ~= ARGV[1] then return end
local entries, tiers, texts = holds(1, ARGV[2], known[2])
if not entries then return end

for _, held in ipairs(redis.call("HMGET", MEMBERS, unpack(ARGV, 4, last))) do
  if held then return end
end

local answer = { entries, tiers, texts, tonumber(known[3] or 0) or 0 }
if last < #ARGV then
  for _, size in ipairs(redis.call("HMGET", SIZES, unpack(ARGV, last + 1))) do
    answer[#answer + 1] = tonumber(size or 0)
  end
end
return answer
