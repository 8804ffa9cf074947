"""Settings, and the files that servers, boards and actions are configured with."""
