-- Functions of scripts that write names. A line `-- with _names.lua` includes them.

-- The newest fact that changed a name, and the token of these names. Nothing if names are missing: then they are
-- read from SQL until all of them have been shown again.
local function read_renames(names, renames)
  local text, held = redis.pcall("GET", renames), redis.pcall("HLEN", names)
  if type(held) ~= "number" then redis.call("UNLINK", names) end
  local newest, count, token = string.match(type(text) == "string" and text or "", "^(%d+) (%d+) (%w+)$")
  if newest and tonumber(count) == held then return tonumber(newest), token end
  if text then redis.call("UNLINK", renames) end
end

local function store_renames(names, renames, newest, token)
  redis.call("SET", renames, string.format("%.0f %.0f %s", newest, redis.call("HLEN", names), token))
end
