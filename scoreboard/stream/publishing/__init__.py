"""From changed boards to frames in Redis: one process publishes for all."""
