-- Functions of scripts that read or write a window. A line `-- with _window.lua` includes them.

local DAMAGED = {} -- raised if a window was altered or damaged

-- The fields of a hash; nothing if the key has another type.
local function fields(key, ...)
  local found = redis.pcall("HMGET", key, ...)
  if not found.err then return found end
end

-- The size of a key; -1 if it has another type.
local function size(command, key)
  local found = redis.pcall(command, key)
  return type(found) == "number" and found or -1
end

-- The numbers of entries, tiers and texts in a window's keys, which are KEYS[at] and the next ones. Nothing if they differ
-- from the numbers in the window's state (`held`). Then keys are missing, renamed, shortened or of another type, and must
-- not be read.
local function holds(at, ties, held)
  local entries, tiers = size("ZCARD", KEYS[at]), 0
  if size("HLEN", KEYS[at + 1]) ~= entries then return end
  if ties == "dense" then
    tiers = size("ZCARD", KEYS[at + 2])
    if size("HLEN", KEYS[at + 3]) ~= tiers then return end
  end
  local texts = size("HLEN", KEYS[at + 4])
  if held == entries .. " " .. tiers .. " " .. texts then return entries, tiers, texts end
end

-- The version and the order key in a value of the hash of members; nothing if there is no value.
local function member(text)
  if not text then return end
  local colon = string.find(text, ":", 1, true)
  local version = colon and tonumber(string.sub(text, 1, colon - 1))
  if not version then error(DAMAGED) end
  return version, string.sub(text, colon + 1)
end

-- Call a function. Returns false if it found the window damaged, otherwise true. Raises all other errors.
local function sound(work, ...)
  local done, problem = pcall(work, ...)
  if not done and problem ~= DAMAGED then error(problem, 0) end
  return done
end
