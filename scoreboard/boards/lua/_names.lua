-- What scripts share that read or write names: a line `-- with _names.lua` stands for this file.

-- The newest fact that changed a name, and the token of this making. Nothing where not all names are there: these must
-- be read from SQL, and are not found complete again before somebody has shown them all.
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
