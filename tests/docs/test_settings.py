"""docs/settings.md and .env.example agree with the table of settings."""

from __future__ import annotations

import re

from config.settings import Settings, default, table
from scoreboard.commands import settings
from tests.docs import pages

ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*) \| (.*) \|$", re.MULTILINE)


def test_the_settings_page_has_a_row_for_each_setting():
    expected = [
        (row.metadata["name"], f"`{default(row)}`" if default(row) else "empty", row.metadata["help"])
        for row in table()
    ]

    assert ROW.findall(pages.text("docs/settings.md")) == expected


def test_the_env_example_is_the_output_of_the_command(capsys):
    class Options:
        env_example = True

    settings.run(Options(), Settings())

    assert capsys.readouterr().out == pages.text(".env.example")
