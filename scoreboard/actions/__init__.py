"""Actions: a player requests an action token, does the action, and gets points for it, exactly once."""
