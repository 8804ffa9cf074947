"""SQL databases and Redis: connections, errors, and the names of keys."""
