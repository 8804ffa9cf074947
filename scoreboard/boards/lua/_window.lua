-- What scripts share that read or write a window: a line `-- with _window.lua` stands for this file.

local DAMAGED = {} -- raised where a window is not as its writers left it

-- The fields of a hash; nothing where the key has another type.
local function fields(key, ...)
  local found = redis.pcall("HMGET", key, ...)
  if not found.err then return found end
end

-- How much a key holds; -1 where it has another type.
local function size(command, key)
  local found = redis.pcall(command, key)
  return type(found) == "number" and found or -1
end

-- How many entries, tiers and texts a window's keys hold, which follow each other from KEYS[at] on; nothing where that is
-- not what its state says (`held`). So it is with keys that are missing, renamed, cut short or of another type: nothing may
-- be read from them.
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

-- Version and order key of a player in a hash of members; nothing where the player is not there.
local function member(text)
  if not text then return end
  local colon = string.find(text, ":", 1, true)
  local version = colon and tonumber(string.sub(text, 1, colon - 1))
  if not version then error(DAMAGED) end
  return version, string.sub(text, colon + 1)
end

-- Does some work, and says whether the window was as its writers left it. Other errors go on.
local function sound(work, ...)
  local done, problem = pcall(work, ...)
  if not done and problem ~= DAMAGED then error(problem, 0) end
  return done
end
