"""The texts of pages in each language: one catalogue for each, in frontend/messages. Pure, once read.

A text is a line with placeholders, as in "Sent to {name}", or one line for each plural category of the
language, of which the number `n` chooses one. A text that a catalogue lacks is shown in English.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup, escape

from scoreboard.core.root import ROOT
from scoreboard.pages.numbers import ENGLISH as ENGLISH_NUMBERS
from scoreboard.pages.numbers import STYLES, number_text
from scoreboard.pages.plurals import plural

FOLDER = ROOT / "frontend" / "messages"
ENGLISH = "en"
RIGHT_TO_LEFT = {"ar"}
PLACEHOLDER = re.compile(r"\{(\w+)\}")

# Tags that name one of our languages without being its tag. Readers of traditional Chinese are not
# given simplified Chinese: their next language is tried.
ALIASES = {"pt": "pt-BR", "zh": "zh-Hans", "zh-hant": "", "zh-tw": "", "zh-hk": "", "zh-mo": ""}

Text = str | Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Language:
    """A language of the pages: its own catalogue, and the English one for texts that it lacks."""

    tag: str
    texts: Mapping[str, Text]
    english: Mapping[str, Text] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The language's name, in itself."""
        return str(self.texts["site.language"])

    @property
    def direction(self) -> str:
        """The direction of its script: "ltr" or "rtl"."""
        return "rtl" if self.tag in RIGHT_TO_LEFT else "ltr"

    @property
    def gaps(self) -> list[str]:
        """The keys of the texts that it lacks, in the order of the English catalogue."""
        return [key for key in self.english if key not in self.texts]

    def say(self, key: str, **values: object) -> Markup:
        """A text as HTML, with these values in its placeholders. Values that are not markup are escaped."""
        own = key in self.texts
        text = self.texts[key] if own else self.english[key]
        if not isinstance(text, str):
            number = values["n"]
            assert isinstance(number, int), key
            text = text.get(plural(self.tag if own else ENGLISH, number), text["other"])
        html = PLACEHOLDER.sub(lambda name: escape(self._format(values[name[1]])), escape(text))
        return Markup(html)  # noqa: S704 - all of it was escaped above

    def sections(self, *names: str) -> dict[str, Text]:
        """All texts whose keys begin with one of these words: those that a page's scripts show."""
        texts = {**self.english, **self.texts}
        return {key: text for key, text in texts.items() if key.partition(".")[0] in names}

    def _format(self, value: object) -> object:
        if isinstance(value, int) and not isinstance(value, bool):
            return number_text(value, STYLES.get(self.tag, ENGLISH_NUMBERS))
        return value


def load(folder: Path = FOLDER) -> dict[str, Language]:
    """Every language, by its tag. English comes first."""
    english = _read(folder / f"{ENGLISH}.json")
    tags = sorted((path.stem for path in folder.glob("*.json")), key=lambda tag: (tag != ENGLISH, tag))
    return {tag: Language(tag=tag, texts=_read(folder / f"{tag}.json"), english=english) for tag in tags}


def choose(languages: Mapping[str, Language], *, tag: str, accept: str) -> Language:
    """The language of `tag`; otherwise the best one of the header Accept-Language, `accept`; or English."""
    our_tags = {name.lower(): name for name in languages} | ALIASES
    for candidate in (tag, *_by_quality(accept)):
        found = _lookup(candidate.strip().lower(), our_tags)
        if found:
            return languages[found]
    return languages[ENGLISH]


def _lookup(tag: str, our_tags: Mapping[str, str]) -> str:
    """Our tag for another one, which is shortened until we have it (RFC 4647); "" for none."""
    while tag and tag not in our_tags:
        tag = tag.rpartition("-")[0]
    return our_tags.get(tag, "")


def _by_quality(header: str) -> Iterator[str]:
    """The tags of an Accept-Language, the best one first. Those of quality 0 are left out."""
    weighted = []
    for index, item in enumerate(header.split(",")):
        tag, _, parameter = item.partition(";")
        quality = _quality(parameter)
        if quality > 0:
            weighted.append((-quality, index, tag))
    return (tag for _, _, tag in sorted(weighted))


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if name.strip().lower() == "q" and 0 <= quality <= 1 else 0.0


def _read(path: Path) -> dict[str, Text]:
    found: dict[str, Text] = json.loads(path.read_text("utf-8"))
    return found


LANGUAGES = load()
