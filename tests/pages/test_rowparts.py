"""The parts of a row beside its numbers, as the browser makes them too."""

from __future__ import annotations

import json

import pytest

from config.settings.loading import load
from config.settings.row import SettingError
from scoreboard.pages.rowparts import HUES, flag_sign, hue, initials, link_name
from tests.support import ROOT

CASES = json.loads((ROOT / "tests/frontend/row-parts.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "run"), [("initials", initials), ("hues", hue), ("flags", flag_sign), ("links", link_name)]
)
def test_the_parts_are_those_of_the_browser(name, run):
    assert [run(value) for value, _ in CASES[name]] == [expected for _, expected in CASES[name]]


def test_players_have_all_colours():
    assert {hue(f"player-{number}") for number in range(200)} == set(range(HUES))


@pytest.mark.parametrize("path", ["", "/avatars/{player}.webp", "/{player}", "/a/b-{player}?size=64&x=1"])
def test_pictures_are_at_a_path_of_the_same_host(path):
    assert load({"AVATAR_URL": path}).avatar_url == path


@pytest.mark.parametrize(
    "path",
    [
        "https://pictures.example/{player}",
        "//pictures.example/{player}",
        "/\\pictures.example/{player}",
        "avatars/{player}",
        "/avatars/",
        "/../{player}",
        "/{player}/{player}",
        "/a b/{player}",
        "/avatars/{id}",
        '/x"{player}',
    ],
)
def test_any_other_address_is_refused(path):
    with pytest.raises(SettingError, match="AVATAR_URL must be a path of this host"):
        load({"AVATAR_URL": path})
