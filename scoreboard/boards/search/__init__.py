"""Search over all players of a window, by the beginning of their names."""
