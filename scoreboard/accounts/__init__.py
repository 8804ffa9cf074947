"""Who writes and who plays: server keys with their scopes, and players' display names."""
