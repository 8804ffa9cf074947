"""The key ring: secrets that rotate automatically, shared by all processes, with keys for each purpose."""
