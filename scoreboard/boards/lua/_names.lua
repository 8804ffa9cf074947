-- What scripts share that read or write names: a line `-- with _names.lua` stands for this file.

-- The newest fact that changed a name. Nothing where not all names are there: these must be read from SQL, and are
-- not found complete again before somebody has shown them all.
local function names_shown(names, renames)
  local text, held = redis.pcall("GET", renames), redis.pcall("HLEN", names)
  if type(held) ~= "number" then redis.call("UNLINK", names) end
  local newest, count = string.match(type(text) == "string" and text or "", "^(%d+) (%d+)$")
  if newest and tonumber(count) == held then return tonumber(newest) end
  if text then redis.call("UNLINK", renames) end
end

local function note_names(names, renames, newest)
  redis.call("SET", renames, string.format("%.0f %.0f", newest, redis.call("HLEN", names)))
end
