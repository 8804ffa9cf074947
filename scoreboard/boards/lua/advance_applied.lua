-- Note that the boards hold facts `first` to `last`. Batches may be noted out of order: what lies
-- beyond a gap waits as an island until the gap is filled.
--
-- KEYS[1] applied  hash  position, and island:<first> -> last
-- ARGV[1] first   ARGV[2] last   ARGV[3] "set" where everything up to `last` was built
-- returns the position, or nothing where there is none (Redis was emptied)

local MOST_ISLANDS = 64 -- more are left to the follower, which goes over all of it
local applied, first, last = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])

local position = tonumber(redis.call("HGET", applied, "position"))
if ARGV[3] == "set" and (position or -1) < last then
  redis.call("HSET", applied, "position", ARGV[2])
  position = last
end
if not position then return false end

local islands, count = {}, 0
local fields = redis.call("HGETALL", applied)
for i = 1, #fields, 2 do
  local from = tonumber(string.match(fields[i], "^island:(%d+)$"))
  if from then
    islands[from] = tonumber(fields[i + 1])
    count = count + 1
  end
end

if first > position + 1 then
  for from, to in pairs(islands) do
    if to + 1 == first then
      redis.call("HSET", applied, "island:" .. string.format("%.0f", from), ARGV[2])
      return position
    end
  end
  if count < MOST_ISLANDS then redis.call("HSET", applied, "island:" .. ARGV[1], ARGV[2]) end
  return position
end

position = math.max(position, last)
local moved = true
while moved do
  moved = false
  for from, to in pairs(islands) do
    if from <= position + 1 then
      position = math.max(position, to)
      redis.call("HDEL", applied, "island:" .. string.format("%.0f", from))
      islands[from] = nil
      moved = true
      break
    end
  end
end
redis.call("HSET", applied, "position", string.format("%.0f", position))
return position
