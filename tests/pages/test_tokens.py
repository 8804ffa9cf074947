"""Colours that are written in two places are the same in both."""

from __future__ import annotations

import json
import re

import pytest

from tests.support import ROOT

pytestmark = pytest.mark.one_database

TOKENS = (ROOT / "frontend" / "static" / "css" / "tokens.css").read_text("utf-8")
BLOCK = re.compile(r"([^{}]+)\{([^{}]*)\}")
TOKEN = re.compile(r"([\w-]+):\s*([^;]+);")


def blocks():
    """The rules of tokens.css: selector and declarations."""
    return [(selector.strip(), dict(TOKEN.findall(body))) for selector, body in BLOCK.findall(TOKENS)]


def test_dark_by_choice_is_dark_by_system():
    dark = [body for _, body in blocks() if body["color-scheme"] == "dark"]

    assert len(dark) == 2
    assert dark[0] == dark[1]


def test_browsers_and_installed_apps_have_the_background_of_the_pages(client):
    light, dark = (
        next(body["--ground"] for _, body in blocks() if body["color-scheme"] == scheme)
        for scheme in ("light", "dark")
    )
    page = client.get("/docs").text
    manifest = json.loads(client.get("/manifest.webmanifest").data)

    assert f'content="{light}" media="(prefers-color-scheme: light)"' in page
    assert f'content="{dark}" media="(prefers-color-scheme: dark)"' in page
    assert manifest["theme_color"] == manifest["background_color"] == light
