"""Rate limits: rules, counters in Redis, and counters in memory."""
