"""Jobs, a module for each feature. A job takes plain data, and may run twice."""
