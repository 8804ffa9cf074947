-- Read the name of a window's state.
--
-- KEYS[1] state   ARGV[1] layout
-- returns the name, or nothing if the window is not shown

-- with _window.lua

local known = fields(KEYS[1], "layout", "stamp")
return known and known[1] == ARGV[1] and known[2]
