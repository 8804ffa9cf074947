"""A module that creates a file when it is imported: if the worker imports it, foreign code can run."""

import os
from pathlib import Path

Path(os.environ["TRAP"]).touch()


def spring(*args: object, **kwargs: object) -> None:
    """Accept the arguments of any job or callback."""
