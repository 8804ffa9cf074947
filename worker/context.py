"""This process's settings and parts. Never under gevent: RQ forks, and its timers need plain threads."""

from __future__ import annotations

from functools import cache

from config.settings import Settings, load
from scoreboard.parts import Parts, build


@cache
def settings() -> Settings:
    """This process's settings."""
    return load()


@cache
def parts() -> Parts:
    """This process's parts. Built after RQ has forked, so that no connection is shared."""
    return build(settings())
