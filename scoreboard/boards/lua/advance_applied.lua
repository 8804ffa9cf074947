-- Note that the boards hold facts `first` to `last`. Batches may be noted out of order: what lies
-- beyond a gap waits as an island until the gap is filled.
--
-- KEYS[1] applied  hash  position, and island:<first> → last
-- ARGV[1] first   ARGV[2] last   ARGV[3] "set" to begin anew at `last`
-- returns the position, or nothing where there is none (Redis was emptied)

local applied, first, last = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])

if ARGV[3] == "set" then redis.call("HSET", applied, "position", ARGV[2]) end
local position = tonumber(redis.call("HGET", applied, "position"))
if not position then return false end

if first > position + 1 then
  redis.call("HSET", applied, "island:" .. ARGV[1], ARGV[2])
  return position
end
position = math.max(position, last)

local moved = redis.call("HLEN", applied) > 1
while moved do
  moved = false
  local fields = redis.call("HGETALL", applied)
  for i = 1, #fields, 2 do
    local from = tonumber(string.match(fields[i], "^island:(%d+)$"))
    if from and from <= position + 1 then
      position = math.max(position, tonumber(fields[i + 1]))
      redis.call("HDEL", applied, fields[i])
      moved = true
    end
  end
end
redis.call("HSET", applied, "position", string.format("%.0f", position))
return position
