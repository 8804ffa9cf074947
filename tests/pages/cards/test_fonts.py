"""The characters that fonts have, and the fonts that a text needs."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess

import pytest

from scoreboard.pages.cards.cmap import Characters, characters
from scoreboard.pages.cards.fonts import BUNDLED, Fonts
from scoreboard.pages.messages import LANGUAGES

LATIN = next(path for path in BUNDLED if path.name.startswith("NotoSans_"))


def font(*ranges, format, collection=False):
    """A font file with a table `cmap` and nothing more."""
    begin = 16 if collection else 0
    if format == 12:
        groups = b"".join(struct.pack(">III", start, end, 1) for start, end in ranges)
        subtable = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(ranges)) + groups
    else:
        count = len(ranges) + 1
        ends = struct.pack(f">{count}H", *(end for _, end in ranges), 0xFFFF)
        starts = struct.pack(f">{count}H", *(start for start, _ in ranges), 0xFFFF)
        rest = struct.pack(f">{2 * count}H", *[0] * (2 * count))
        subtable = struct.pack(">7H", 4, 0, 0, 2 * count, 0, 0, 0) + ends + b"\0\0" + starts + rest
    table = struct.pack(">HHHHI", 0, 1, 3, 10 if format == 12 else 1, 12) + subtable
    directory = struct.pack(">4sHHHH4sIII", b"\0\1\0\0", 1, 0, 0, 0, b"cmap", 0, begin + 28, len(table))
    head = struct.pack(">4sHHII", b"ttcf", 1, 0, 1, 16) if collection else b""
    return head + directory + table


@pytest.mark.parametrize("format", [4, 12])
@pytest.mark.parametrize("collection", [False, True])
def test_the_characters_of_a_font_are_read_from_either_kind_of_table(format, collection):
    found = characters(font((0x41, 0x5A), (0x61, 0x61), format=format, collection=collection))

    assert [char in found for char in "@AZ[`ab"] == [False, True, True, False, False, True, False]


@pytest.mark.parametrize("data", [b"", b"\0\1\0\0", b"\0\1\0\0" + b"\xff" * 60, b"<svg>" * 20])
def test_anything_else_is_no_font(tmp_path, data):
    with pytest.raises((ValueError, struct.error)):
        characters(data)
    folder = tmp_path / "fonts"
    folder.mkdir()
    (folder / "NotoSansBroken-Regular.ttf").write_bytes(data)
    assert not Fonts(folders=(folder,)).can_draw("\N{HANGUL SYLLABLE GA}")


def test_no_ranges_contain_no_character():
    assert "a" not in Characters((), ())


@pytest.mark.skipif(not shutil.which("fc-query"), reason="fontconfig is not installed")
@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_a_bundled_font_has_the_characters_that_fontconfig_finds(path):
    text = subprocess.run(
        ["fc-query", "--format=%{charset}", path], capture_output=True, text=True, check=True
    ).stdout
    ranges = [one.partition("-") for one in text.split()]
    expected = {code for start, _, end in ranges for code in range(int(start, 16), int(end or start, 16) + 1)}

    found = characters(path.read_bytes())

    assert expected == {code for code in range(0x110000) if chr(code) in found and code > 0x1F} | (
        expected & {*range(32)}
    )


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lovelace",
        "Größe, Çağla, Nguyễn",
        "Ελένη",
        "Борис",
        "محمد علي",
        "अदिति क्षत्रिय",
        "x\N{ZERO WIDTH JOINER}y",
        "1\u2009234",
    ],
)
def test_these_scripts_need_no_installed_font(text):
    assert Fonts(folders=()).further(text) == ()


@pytest.mark.parametrize("text", ["日本", "ไทย", "\N{ROCKET}", "ada 가"])
def test_other_scripts_cannot_be_drawn_without_one(text):
    assert Fonts(folders=()).further(text) is None


def test_an_installed_font_is_used_for_the_script_that_it_has(tmp_path):
    thai = tmp_path / "deep" / "NotoSansThai-Regular.ttf"
    thai.parent.mkdir()
    thai.write_bytes(font((0xE01, 0xE5B), format=12))
    (tmp_path / "NotoSansLao-Regular.ttf").write_bytes(font((0xE81, 0xEDF), format=12))
    (tmp_path / "NotoSansThai-Bold.ttf").write_bytes(thai.read_bytes())
    fonts = Fonts(folders=(tmp_path, tmp_path / "missing"))

    assert fonts.further("Ada ไทย") == (thai,)
    assert fonts.further("日本") is None


def test_the_languages_of_the_pages_that_the_bundled_fonts_can_write():
    fonts = Fonts(folders=())

    missing = {tag for tag, language in LANGUAGES.items() if not fonts.can_draw(language.name)}

    assert missing == {"ja", "zh-Hans"}
    for tag in LANGUAGES.keys() - missing:
        for key in ("board.players", "board.allTime", "board.empty"):
            text = str(LANGUAGES[tag].texts[key])
            assert fonts.can_draw(re.sub(r"[{}']", "", text)), (tag, text)
