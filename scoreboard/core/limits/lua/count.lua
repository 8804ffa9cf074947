-- Count one use against several limits, in order. After the first exceeded one nothing is written: a caller
-- beyond their own limit must not use up a shared one, nor fill the memory.
--
-- KEYS[i]  counter   string: how often it happened in the current window of time
-- ARGV[1]  cost      what to add; 0 only looks
-- ARGV[2i] allowed   ARGV[2i+1] milliseconds that a window lasts
-- returns {count, milliseconds left, count, milliseconds left, …}

local cost, exceeded, answer = tonumber(ARGV[1]), false, {}

for i, counter in ipairs(KEYS) do
  local allowed, lasts = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  -- A look writes too: a Redis that refuses to count must not be asked how much was counted.
  local count = exceeded and tonumber(redis.call("GET", counter) or 0) or redis.call("INCRBY", counter, cost)
  local left = redis.call("PTTL", counter)
  if left < 0 then
    left = lasts
    if not exceeded then redis.call("PEXPIRE", counter, lasts) end
  end
  exceeded = exceeded or count >= allowed + cost
  answer[2 * i - 1], answer[2 * i] = count, left
end

return answer
