"""The main job: a player asks for an action token, does the work, and gets points, exactly once."""
