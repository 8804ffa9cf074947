"""Lists the texts that languages lack: `make messages`. Pages show English in their place."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from scoreboard.pages.messages import FOLDER, Language, load


def report(languages: Mapping[str, Language]) -> Iterator[str]:
    """The lines of the report: one for each language, and one for each text that it lacks."""
    for tag, language in languages.items():
        yield f"{tag}: {f'lacks {len(language.gaps)}' if language.gaps else 'complete'}"
        for key in language.gaps:
            yield f'  "{key}": in {FOLDER.name}/{tag}.json, English says {language.english[key]!r}'


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in report(load()))
