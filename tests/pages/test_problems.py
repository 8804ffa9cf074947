"""A problem's `type` leads to the page that explains it."""

from __future__ import annotations

import re

import pytest

from scoreboard.core.http.errorcodes import CODES
from scoreboard.pages.guide.routes import ADVICE, with_code

pytestmark = pytest.mark.one_database


def test_a_problems_type_leads_to_its_explanation(client):
    problem = client.get("/v1/boards/nope").json

    path = re.sub(r"^https?://[^/]+", "", problem["type"])
    page = client.get(path)

    assert page.status_code == 200
    assert ">Board not found</h1>" in page.text
    assert "board_not_found" in page.text


def test_an_unknown_problem_is_not_found(client):
    assert client.get("/problems/no-such-thing").status_code == 404


def test_every_problem_is_in_the_list_and_leads_to_its_page(client):
    paths = re.findall(r'href="(/problems/[a-z0-9-]+)"', client.get("/problems").text)

    assert len(paths) == len(CODES)
    for path in paths:
        assert client.get(path).status_code == 200


def test_every_status_that_a_code_has_comes_with_advice():
    assert {code for code, one in CODES.items() if one.status and one.status not in ADVICE} == set()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_advice_is_in_the_readers_language_and_the_explanation_in_english(client, lang):
    page = client.get(f"/problems/rate-limited?lang={lang}").text

    assert "Too many calls of this kind" in page
    assert ("Wait for the number of seconds" in page) == (lang == "en")


def test_code_in_an_explanation_is_code_and_nothing_in_it_is_markup():
    html = with_code("Send `<b>`, not <i>.")

    assert html == 'Send <code translate="no">&lt;b&gt;</code>, not &lt;i&gt;.'
