-- Read the versions of the definitions and of the names.
--
-- KEYS[1] catalogue version   KEYS[2] renames   KEYS[3] names: as in show_names.lua
-- returns {version of the definitions, state of the names}, each "" if it is unknown

local function text(key)
  local found = redis.pcall("GET", key)
  return type(found) == "string" and found or ""
end

local newest, count, token = string.match(text(KEYS[2]), "^(%d+) (%d+) (%w+)$")
local names = newest and tonumber(count) == redis.pcall("HLEN", KEYS[3]) and newest .. "-" .. token
return { string.match(text(KEYS[1]), "^%d+$") or "", names or "" }
