"""Is it well? For load balancers, platforms and people."""
