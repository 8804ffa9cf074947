"""The tree of paths, in which the fast path finds endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from werkzeug.routing import Rule

from scoreboard.core.http.endpoints import Endpoint, endpoint_of

METHODS = {"GET", "POST"}  # of plain requests
VARIABLE = re.compile(r"<(\w+)>")  # a whole segment, of any text


class Found(NamedTuple):
    """An endpoint, and the variables of the path that it was found with."""

    endpoint: Endpoint
    variables: dict[str, str]


class Node:
    """A place in the tree: the endpoints whose paths end here, and the segments that may follow."""

    __slots__ = ("endpoints", "is_mixed", "segments", "variable")

    def __init__(self) -> None:
        self.endpoints: dict[str, tuple[Endpoint, tuple[str, ...]]] = {}  # by method, with names of variables
        self.segments: dict[str, Node] = {}
        self.variable: Node | None = None
        self.is_mixed = False  # segments of other forms may follow

    def variable_for(self, segment: str) -> Node | None:
        """The node that follows with this segment as a variable; None if Flask has to look."""
        return None if self.is_mixed or not segment else self.variable


class EndpointTree:
    """Finds the endpoint of a path, if Flask would certainly find the same one."""

    def __init__(self, rules: Iterable[Rule], views: Mapping[str, Any]) -> None:
        """`rules` are the routes of Flask, `views` its view functions."""
        self._root = Node()
        for rule in rules:
            self._add(rule, endpoint_of(views[rule.endpoint]))

    def find(self, method: str, path: str) -> Found | None:
        """The endpoint, and the variables of its path; None if Flask has to look."""
        node, values = self._root, []
        for segment in path[1:].split("/"):
            following = node.segments.get(segment)
            if following is None:
                following = node.variable_for(segment)
                values.append(segment)
            if following is None:
                return None
            node = following
        found = node.endpoints.get(method)
        return None if found is None else Found(found[0], dict(zip(found[1], values, strict=True)))

    def _add(self, rule: Rule, endpoint: Endpoint | None) -> None:
        """Add a route. Those of Flask alone are added too: a fixed segment has priority over a variable."""
        node, names = self._root, []
        for segment in rule.rule[1:].split("/"):
            variable = VARIABLE.fullmatch(segment)
            if variable:
                names.append(variable[1])
                node.variable = node.variable or Node()
                node = node.variable
            elif "<" in segment:
                node.is_mixed = True
                return
            else:
                node = node.segments.setdefault(segment, Node())
        if endpoint is not None:
            for method in METHODS & (rule.methods or set()):
                node.endpoints[method] = endpoint, tuple(names)
