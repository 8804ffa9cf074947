"""Protocol version 1: frames, cursors and the bytes that carry them. Pure."""
