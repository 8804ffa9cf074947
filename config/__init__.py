"""Settings, and what servers and boards are configured with."""
