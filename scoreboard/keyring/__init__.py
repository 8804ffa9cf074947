"""The key ring: secrets that rotate by themselves, shared by all processes, one use apart from the other."""
