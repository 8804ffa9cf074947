"""The calls in the documentation are answered as it shows."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from scoreboard.app import create_app
from tests.contract import ContractClient
from tests.docs import pages
from tests.support import KEY

WITH_EXAMPLES = ("README.md", "docs/api.md")
HOST = re.compile(r"^http://127\.0\.0\.1:8000")
ENDLESS = ("/v1/stream",)


class Example(NamedTuple):
    """A call by curl, and the answer that is printed below it."""

    method: str
    path: str
    headers: dict[str, str]
    body: str | None
    answer: str | None


def examples(page: str) -> Iterator[Example]:
    fenced = list(pages.blocks(page, "sh", "json"))
    for index, (language, block) in enumerate(fenced):
        commands = re.findall(r"^curl .*?(?=^curl |\Z)", block.replace("\\\n", " "), re.MULTILINE | re.DOTALL)
        following = fenced[index + 1] if index + 1 < len(fenced) else ("", "")
        if language == "sh":
            for number, command in enumerate(commands):
                last = number == len(commands) - 1
                yield call(command, following[1] if last and following[0] == "json" else None)


def call(command: str, answer: str | None) -> Example:
    words = iter(shlex.split(command)[1:])
    method, path, headers, body = "", "", {}, None
    for word in words:
        if word in ("-X", "-H", "-d"):
            value = next(words)
            if word == "-X":
                method = value
            elif word == "-H":
                name, _, text = value.partition(": ")
                headers[name] = text.replace("$(cat var/server.key)", KEY)
            else:
                body = value
        elif not word.startswith("-"):
            path = HOST.sub("", word)
    return Example(method or ("POST" if body else "GET"), path, headers, body, answer)


def shape(value: Any) -> Any:
    """The shape of a JSON value: names and types. Empty and missing values fit every shape."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else None
    return None if value is None else type(value).__name__


def fits(shown: Any, answer: Any) -> bool:
    if shown is None or answer is None:
        return True
    if isinstance(shown, dict) and isinstance(answer, dict):
        return shown.keys() == answer.keys() and all(fits(shown[name], answer[name]) for name in shown)
    if isinstance(shown, list) and isinstance(answer, list):
        return fits(shown[0], answer[0])
    return shown == answer


def substitute(text: str | None, variables: dict[str, str]) -> str | None:
    """A text of an example with the variables of the shell replaced: the tokens of the newest session."""
    for name, value in variables.items():
        text = text and text.replace(name, value)
    return text


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_json_in_the_documentation_is_json(page):
    for _, block in pages.blocks(page.read_text("utf-8"), "json"):
        json.loads(block)


@pytest.mark.parametrize("page", WITH_EXAMPLES)
def test_calls_are_answered_as_shown(page, make_parts, sqlite_url):
    parts = make_parts(sqlite_url)
    parts.followers.catch_up("boards")
    client = ContractClient(create_app(parts))

    variables: dict[str, str] = {}

    for one in examples(pages.text(page)):
        if one.path.split("?")[0] in ENDLESS:
            continue
        answer = client.open(
            one.path,
            method=one.method,
            headers={name: substitute(text, variables) for name, text in one.headers.items()},
            data=substitute(one.body, variables),
        )
        assert answer.status_code < 300, (one, answer.text)
        if one.answer is not None:
            assert fits(shape(json.loads(one.answer)), shape(answer.json)), (one.answer, answer.json)
        if "accessToken" in answer.text:
            session = answer.json["data"]
            variables = {"$ACCESS_TOKEN": session["accessToken"], "$REFRESH_TOKEN": session["refreshToken"]}


def test_bodies_of_curl_examples_are_json():
    bodies = [
        one.body for page in pages.PAGES for one in examples(page.read_text("utf-8")) if one.body is not None
    ]

    assert bodies
    for body in bodies:
        json.loads(body)
