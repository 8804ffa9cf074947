"""The worker: RQ wakes followers, the clock makes sure. Imports scoreboard, never the other way round."""
