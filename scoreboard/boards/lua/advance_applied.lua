-- Store that the boards contain the facts `first` to `last`. Batches may come out of order: facts beyond a gap are
-- kept as an island until the gap is filled. After a backup was restored, Redis may still have facts of another
-- journal. The position then does not advance until the boards are built again.
--
-- KEYS[1] applied  hash  position, and the mark of that fact; newest, newest-mark: the newest fact stored;
--                        island:<first> -> last, when the fact before the first was recorded, mark of the last
-- ARGV[1] first   ARGV[2] last   ARGV[3] mark of the last
-- ARGV[4] when the fact before the first was recorded; "" if the caller has just checked the position
-- ARGV[5] "set" if everything up to `last` was built
-- returns the position, or nothing if there is none (Redis was emptied)

local MAX_ISLANDS = 64 -- facts beyond it are left to the follower, which takes in every fact
local applied, first, last = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local mark, before = ARGV[3], ARGV[4]

-- Whether the fact of the mark `held` was recorded at the time `at`, so that facts that follow `at` follow it.
local function follows(at, held)
  return at == "" or at == string.match(held, "^%d+")
end

local known = redis.call("HMGET", applied, "position", "mark", "newest")
local position, held = tonumber(known[1]), known[2] or ""
if ARGV[5] == "set" and (position or -1) < last then
  redis.call("HSET", applied, "position", ARGV[2], "mark", mark)
  position, held = last, mark
end
if not position then return false end
if (tonumber(known[3]) or -1) < last then
  redis.call("HSET", applied, "newest", ARGV[2], "newest-mark", mark)
end

local islands, count = {}, 0
local fields = redis.call("HGETALL", applied)
for i = 1, #fields, 2 do
  local from = tonumber(string.match(fields[i], "^island:(%d+)$"))
  if from then
    local to, at, by = string.match(fields[i + 1], "^(%d+) (%d+) (.+)$")
    islands[from] = { field = fields[i], last = tonumber(to) or 0, before = at or "", mark = by or "" }
    count = count + 1
  end
end

if first > position + 1 then
  if before == "" then return position end
  for _, island in pairs(islands) do
    if island.last + 1 == first and follows(before, island.mark) then
      redis.call("HSET", applied, island.field, ARGV[2] .. " " .. island.before .. " " .. mark)
      return position
    end
  end
  if count < MAX_ISLANDS then
    redis.call("HSET", applied, "island:" .. ARGV[1], ARGV[2] .. " " .. before .. " " .. mark)
  end
  return position
end

-- Facts that overlap the position may be another journal's: the follower begins after the position.
if first == position + 1 and follows(before, held) then position, held = last, mark end
local moved = true
while moved do
  moved = false
  for from, island in pairs(islands) do
    if from <= position + 1 then
      if from == position + 1 and follows(island.before, held) then position, held = island.last, island.mark end
      redis.call("HDEL", applied, island.field)
      islands[from] = nil
      moved = true
      break
    end
  end
end
redis.call("HSET", applied, "position", string.format("%.0f", position), "mark", held)
return position
