-- Take back what was counted: it turned out not to be what is limited.
--
-- KEYS[i]  counter   string: how often it happened in the stretch of time that runs
-- returns nothing of use

for _, counter in ipairs(KEYS) do
  -- Where the stretch of time is over there is nothing to take back.
  if tonumber(redis.call("GET", counter) or 0) > 0 then redis.call("DECR", counter) end
end

return 0
