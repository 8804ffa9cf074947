"""docs/architecture.md lists the rules that the tests of imports enforce."""

from __future__ import annotations

import re

from tests.architecture.test_imports import FLASK_MODULES, FOLDER_LEVELS, LEVELS, MORE_PUBLIC, PUBLIC
from tests.docs import pages

PAGE = pages.text("docs/architecture.md")
LEVEL = re.compile(r"^\| (\d) \| (.*) \|$", re.MULTILINE)
NAME = re.compile(r"`([^`]+)`")


def test_the_modules_that_import_flask_are_listed():
    (sentence,) = re.findall(r"`flask` is imported only by (.*?)\. `rq`", PAGE, re.DOTALL)

    assert set(NAME.findall(sentence)) == FLASK_MODULES


def test_the_modules_that_higher_features_may_import_are_listed():
    (sentence,) = re.findall(r"A feature imports `core`, and (.*?)\. Its `build", PAGE, re.DOTALL)

    assert set(NAME.findall(sentence)) == PUBLIC.union(*MORE_PUBLIC.values())


def test_each_level_has_its_features():
    levels = LEVEL.findall(PAGE)

    assert [int(number) for number, _ in levels] == [*range(len(LEVELS))]
    assert [set(NAME.findall(features)) for _, features in levels] == LEVELS


def test_the_folders_of_large_packages_are_in_order():
    for package, folders in FOLDER_LEVELS.items():
        (row,) = re.findall(rf"^\| `{package}` \| (.*) \|$", PAGE, re.MULTILINE)

        assert [name.strip("`") for name in row.replace("its own modules", "").split(", ")] == folders
