-- Functions of scripts that write names. A line `-- with _names.lua` includes them.

-- The newest fact that changed a name, and the token of these names. Nothing if names are missing: then they are
-- read from SQL until all of them have been shown again.
local function names_shown(names, renames)
  local text, held = redis.pcall("GET", renames), redis.pcall("HLEN", names)
  if type(held) ~= "number" then redis.call("UNLINK", names) end
  local newest, count, made = string.match(type(text) == "string" and text or "", "^(%d+) (%d+) (%w+)$")
  if newest and tonumber(count) == held then return tonumber(newest), made end
  if text then redis.call("UNLINK", renames) end
end

local function note_names(names, renames, newest, made)
  redis.call("SET", renames, string.format("%.0f %.0f %s", newest, redis.call("HLEN", names), made))
end
