-- Functions of scripts that read what all boards share. A line `-- with _versions.lua` includes them.

-- {version of the definitions, state of the names}, each "" if it is unknown. The keys are as in show_names.lua.
local function read_versions(catalogue, renames, names)
  local function text(key)
    local found = redis.pcall("GET", key)
    return type(found) == "string" and found or ""
  end
  local newest, count, token = string.match(text(renames), "^(%d+) (%d+) (%w+)$")
  local complete = newest and tonumber(count) == redis.pcall("HLEN", names)
  return { string.match(text(catalogue), "^%d+$") or "", complete and newest .. "-" .. token or "" }
end

-- For each player the fact and the name, or nothing. No values at all if names are missing.
local function read_names(versions, names, players)
  if versions[2] == "" or #players == 0 then return {} end
  return redis.call("HMGET", names, unpack(players))
end
