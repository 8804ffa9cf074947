"""Moderation: decisions about entries and players, all of which can be undone."""
