"""A module that leaves a mark when it is imported: whoever can make the worker do so can run code."""

import os
from pathlib import Path

Path(os.environ["TRAP"]).touch()


def spring(*args: object, **kwargs: object) -> None:
    """Take what any job or callback is called with."""
