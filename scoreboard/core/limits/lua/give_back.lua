-- Take back what was counted: it turned out not to be what is limited.
--
-- KEYS[i]  counter   string: how often it happened in the stretch of time that runs
-- ARGV[i]  milliseconds that a stretch lasts
-- returns {count, milliseconds left, count, milliseconds left, …}

local answer = {}

for i, counter in ipairs(KEYS) do
  local count = tonumber(redis.call("GET", counter) or 0)
  -- Where the stretch of time is over there is nothing to take back.
  if count > 0 then count = redis.call("DECR", counter) end
  local left = redis.call("PTTL", counter)
  answer[2 * i - 1], answer[2 * i] = count, left < 0 and tonumber(ARGV[i]) or left
end

return answer
