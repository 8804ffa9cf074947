"""The load test: more and more users play on a server, who look at its boards and hold streams open.

Begin with `locustfile.py`, which says what a user does. `make load` runs it.
"""
