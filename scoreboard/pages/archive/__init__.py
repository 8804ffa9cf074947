"""The archive of a board: its past periods with their podiums."""
