"""The worker: RQ wakes followers, the clock wakes RQ. It imports scoreboard, never the reverse."""
