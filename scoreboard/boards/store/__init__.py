"""Where boards are kept: SQL holds them, Redis shows them."""
