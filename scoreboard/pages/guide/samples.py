"""The guide's samples: files of examples/guide, rewritten for the server that shows them. Pure, once read."""

from __future__ import annotations

import re
from typing import NamedTuple

from scoreboard.core.root import ROOT

FOLDER = ROOT / "examples" / "guide"
FILES = {
    path.name: path.read_text("utf-8").strip() for path in sorted(FOLDER.glob("*.*"))
}  # pip adds a folder
LANGUAGES = {"sh": "curl", "js": "JavaScript", "py": "Python"}
STEPS = ("score", "read", "stream", "play")


class Sample(NamedTuple):
    """A step of the guide in one language."""

    language: str  # the suffix of its file: sh, js, py
    label: str
    text: str


class Server(NamedTuple):
    """The server that shows the samples. The files name one on a laptop."""

    url: str
    board: str
    action: str

    def sample(self, name: str) -> str:
        """A file as it reads for this server."""
        text = re.sub(r"\bmain\b", lambda _: self.board, FILES[name])
        text = re.sub(r"\bplay-round\b", lambda _: self.action, text)
        return text.replace("http://127.0.0.1:8000", self.url)

    def steps(self) -> dict[str, list[Sample]]:
        """The samples of each step, one in each language."""
        return {
            step: [
                Sample(language, label, self.sample(f"{step}.{language}"))
                for language, label in LANGUAGES.items()
            ]
            for step in STEPS
        }
