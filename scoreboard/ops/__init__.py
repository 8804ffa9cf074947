"""Health checks for load balancers, platforms and operators."""
