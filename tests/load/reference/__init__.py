"""References for measurements: the simplest programs with the same results."""

FLOOR_PATH = "/v1/floor"  # of the endpoint in `floor.py`
