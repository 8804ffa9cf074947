"""The pages of accounts: their HTML is the same for everybody, and works with password managers."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.one_database

INPUT = re.compile(r"<input\b[^>]*>")


def inputs(html: str) -> dict[str, str]:
    """The attribute `autocomplete` of each field."""
    tags = [tag for tag in INPUT.findall(html) if "autocomplete=" in tag]
    return {re.search(r'name="(\w+)"', tag)[1]: re.search(r'autocomplete="([\w-]+)"', tag)[1] for tag in tags}


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/sign-in", {"username": "username", "password": "current-password"}),
        ("/register", {"displayName": "nickname", "username": "username", "password": "new-password"}),
        (
            "/me",
            {
                "displayName": "nickname",
                "username": "username",
                "currentPassword": "current-password",
                "newPassword": "new-password",
            },
        ),
    ],
)
def test_password_managers_know_every_field(client, path, fields):
    assert inputs(client.get(path).text) == fields


@pytest.mark.parametrize("path", ["/sign-in", "/register", "/me"])
def test_no_form_can_put_a_password_into_an_address(client, path):
    answer = client.get(path)

    forms = re.findall(r"<form\b[^>]*>", answer.text)
    assert forms
    assert all('method="post"' in form and "action=" not in form for form in forms)
    assert "form-action 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", ["/sign-in", "/register", "/me"])
def test_a_page_of_accounts_keeps_the_language_and_is_in_no_search_engine(client, path):
    html = client.get(f"{path}?lang=de").text

    assert '<html lang="de"' in html
    assert '<meta name="robots" content="noindex">' in html
    links = re.findall(r'href="([^"]*)"', html[html.index("<main") : html.index("</main>")])
    assert all(link.endswith("?lang=de") for link in links), links
    assert links
