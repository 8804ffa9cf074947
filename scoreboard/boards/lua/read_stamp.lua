-- Read what names the state of a window.
--
-- KEYS[1] state   ARGV[1] layout
-- returns nothing where the window is not shown, else the name

-- with _window.lua

local known = fields(KEYS[1], "layout", "stamp")
return known and known[1] == ARGV[1] and known[2]
