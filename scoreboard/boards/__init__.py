"""Boards: their definitions, the order of their standings, and every read of them."""
