-- Take back what was counted: the use does not count against its limits.
--
-- KEYS[i]  counter   string: how often it happened in the current window of time
-- ARGV[i]  milliseconds that a window lasts
-- returns {count, milliseconds left, count, milliseconds left, …}

local answer = {}

for i, counter in ipairs(KEYS) do
  local count = tonumber(redis.call("GET", counter) or 0)
  -- After the window has ended there is nothing to take back.
  if count > 0 then count = redis.call("DECR", counter) end
  local left = redis.call("PTTL", counter)
  answer[2 * i - 1], answer[2 * i] = count, left < 0 and tonumber(ARGV[i]) or left
end

return answer
