-- Read display names.
--
-- KEYS[1] renames   KEYS[2] names: as in show_names.lua   ARGV players
-- returns nothing if names are missing; otherwise for each player the fact and the name, or nothing

local text = redis.pcall("GET", KEYS[1])
local count = string.match(type(text) == "string" and text or "", " (%d+) %w+$")
if not count or tonumber(count) ~= redis.pcall("HLEN", KEYS[2]) then return false end
return redis.call("HMGET", KEYS[2], unpack(ARGV))
