-- Read what names the state of a window.
--
-- KEYS[1] state   ARGV[1] layout
-- returns nothing where the window is not shown, else the name

-- with _window.lua

local known = fields(KEYS[1], "layout", "made", "changes", "last")
if not known or known[1] ~= ARGV[1] then return false end
return (known[2] or "") .. "-" .. (known[3] or "0") .. "-" .. (known[4] or "")
