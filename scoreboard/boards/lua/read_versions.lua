-- Read the versions of the definitions and of the names.
--
-- KEYS[1] catalogue version   KEYS[2] renames   KEYS[3] names: as in show_names.lua
-- returns {version of the definitions, state of the names}, each "" if it is unknown

-- with _versions.lua

return read_versions(KEYS[1], KEYS[2], KEYS[3])
