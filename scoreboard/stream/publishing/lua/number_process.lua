-- Give a web process a number that no other has: its own while it keeps reporting, otherwise the lowest free one.
--
-- KEYS[1] numbers   ARGV[1] token  ARGV[2] the number it had, or 0  ARGV[3] now  ARGV[4] when one without a report is forgotten
-- returns the number

local function is_free(number)
  local known = redis.call("HGET", KEYS[1], number)
  if not known then return true end
  local token, at = known:match("^(%S+) (%d+)$")
  return token == ARGV[1] or not at or tonumber(at) < tonumber(ARGV[4])
end

local number = tonumber(ARGV[2])
if number == 0 or not is_free(number) then
  number = 1
  while not is_free(number) do number = number + 1 end
end
redis.call("HSET", KEYS[1], number, ARGV[1] .. " " .. ARGV[3])
return number
