"""The comparison of screenshots finds what people see, and nothing more."""

from __future__ import annotations

import pytest

from tests.browser.matrix import pictures
from tests.browser.matrix.pages import Case

CASES = {
    "board": Case("board", "normal", 1280, "en", "light"),
    "phone": Case("board", "normal", 390, "ar", "dark"),
}
SEEN = (
    ".badge { visibility: hidden }",
    ".rows .rank { color: transparent }",
    ".rows tbody .player { max-width: 4em; white-space: nowrap }",
    ".rows .score { translate: 4px }",
    ".bar { translate: 0 3px }",
    ".search { display: none }",
    ".rows { font-size: 1.03em }",
    ".portrait { display: none !important }",
    "* { color: #777 !important }",
)
UNSEEN = ("", "main { translate: 0.3px 0.3px }", "main { translate: 0 0.6px }", ":root { --ink: #1b1e24 }")
STYLE = """(rules) => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(rules)
  document.adoptedStyleSheets = [sheet]
}"""


@pytest.fixture(params=CASES)
def difference(screen, tmp_path, request):
    """A function that returns the difference that a style makes on a page."""
    case = CASES[request.param]
    page = screen.show(case)
    pictures.store(pictures.take(page, case), tmp_path / "stored.png")
    stored = pictures.load(tmp_path / "stored.png")

    def difference(style):
        page.evaluate(STYLE, style)
        return pictures.difference(stored, pictures.take(page, case))

    return difference


def test_parts_that_are_missing_moved_cut_or_pale_are_found(difference):
    assert [style for style in SEEN if difference(style) == ""] == []


def test_nothing_else_is_found(difference):
    assert {style: found for style in UNSEEN if (found := difference(style))} == {}


def test_a_page_of_another_size_is_found(difference):
    assert "pixels instead of" in difference("main { display: none }")
