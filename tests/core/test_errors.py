"""Every error code that clients can see is explained."""

from __future__ import annotations

import ast
import re

from scoreboard.core.errors import FieldError, Refused, ScoreboardError, ValidationFailed
from tests.support import ROOT

CODE = re.compile(r"[a-z]+(_[a-z]+)*")
HEADING = re.compile(r"^### `([a-z_]+)`$", re.MULTILINE)


def emitted_codes(tree):
    """The codes that a module can emit: code = "…" in a class, code="…" in a call, and HTTP_CODES."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "code":
            yield from texts(node.value)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                yield from assigned_codes(target, node.value)


def assigned_codes(target, value):
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, part in zip(target.elts, value.elts, strict=True):
            yield from assigned_codes(one, part)
    elif isinstance(target, ast.Name) and target.id in ("code", "HTTP_CODES"):
        yield from texts(value)


def texts(value):
    found = (one.value for one in ast.walk(value) if isinstance(one, ast.Constant))
    return [one for one in found if isinstance(one, str) and CODE.fullmatch(one)]


def codes():
    return {
        code
        for path in (ROOT / "scoreboard").rglob("*.py")
        for code in emitted_codes(ast.parse(path.read_text()))
    }


def test_codes_are_found_in_every_notation():
    assert {"internal_error", "validation_failed", "board_not_found", "method_not_allowed"} <= codes()


def test_every_code_has_its_paragraph_in_the_docs():
    documented = set(HEADING.findall((ROOT / "docs" / "errors.md").read_text("utf-8")))

    assert sorted(codes() - documented) == []


def test_every_explained_code_exists():
    documented = set(HEADING.findall((ROOT / "docs" / "errors.md").read_text("utf-8")))

    assert sorted(documented - codes()) == []


def test_a_code_given_by_hand_replaces_the_one_of_its_class():
    assert Refused("no").code == "refused"
    assert Refused("no", code="period_closed").title == "Period closed"


def test_a_failed_validation_has_the_error_of_every_field():
    error = ValidationFailed(FieldError("score", "is missing"), FieldError("player", "is too long"))

    assert isinstance(error, ScoreboardError)
    assert error.detail == "score: is missing; player: is too long"
