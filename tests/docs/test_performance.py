"""docs/performance.md shows the rows of its data file, which `make bench` writes."""

from __future__ import annotations

from tests.load import results


def test_the_tables_are_those_of_the_data_file():
    assert results.read(results.PAGE)
    assert results.render(results.PAGE) in results.PAGE.read_text("utf-8")
