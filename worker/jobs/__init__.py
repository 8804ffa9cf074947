"""Jobs, a module for each feature. Each takes plain data, and may run twice."""
