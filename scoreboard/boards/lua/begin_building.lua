-- Begin to build a window beside the shown one. From now on every writer writes to both.
--
-- KEYS 1-5  order, members, tiers, tier sizes, metadata: of the built window
-- KEYS 6    state     ARGV[1] token of this builder   ARGV[2] its layout

-- with _window.lua

if not fields(KEYS[6], "layout") then redis.call("UNLINK", KEYS[6]) end
redis.call("UNLINK", KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
redis.call("HSET", KEYS[6], "building", ARGV[1], "building-layout", ARGV[2],
  "building-held", "0 0 0")
