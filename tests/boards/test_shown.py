"""The metadata that rows show: safe values of the fields that the board names, and no others."""

from __future__ import annotations

import json

import pytest

from scoreboard.boards.shown import MAX_LINK, MAX_TEXT, shown_fields
from scoreboard.boards.types import ShownField
from tests.boards.calls import list_entries, put, refusal, submit

SHOW = [
    {"field": "country", "as": "flag"},
    {"field": "team", "as": "text", "title": "Team"},
    {"field": "site", "as": "link"},
]
METADATA = {
    "country": "de",
    "team": "Red",
    "site": "https://example.com/ada",
    "email": "ada@example.com",
}
PUBLIC = {"country": "DE", "team": "Red", "site": "https://example.com/ada"}


def shown_value(kind, value):
    show = [ShownField(field="it", kind=kind)]
    return shown_fields(show, json.dumps({"it": value, "other": "x"})).get("it", "")


@pytest.mark.parametrize(("value", "code"), [("de", "DE"), ("FR", "FR"), ("gb-sct", "GB-SCT")])
def test_a_flag_is_the_code_of_a_country(value, code):
    assert shown_value("flag", value) == code


@pytest.mark.parametrize("value", ["", "deu", "d1", "d", None, 49, ["de"], "🇩🇪", "de\n", "ß"])
def test_nothing_else_is_a_flag(value):
    assert shown_value("flag", value) == ""


@pytest.mark.parametrize(
    ("value", "line"),
    [("Red", "Red"), (" a\n\tb ", "a b"), (3, "3"), (1.5, "1.5"), ("x" * 99, "x" * MAX_TEXT)],
)
def test_a_text_is_one_line_of_limited_length(value, line):
    assert shown_value("text", value) == line


@pytest.mark.parametrize("value", [None, True, [], {}, "", " \n"])
def test_nothing_else_is_a_text(value):
    assert shown_value("text", value) == ""


@pytest.mark.parametrize(
    "value",
    ["https://example.com", "http://example.com:8080/a?b=c#d", "https://münchen.example/ö", "https://[::1]/"],
)
def test_a_link_is_an_address_of_the_web(value):
    assert shown_value("link", value) == value


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "//example.com",
        "/path",
        "https:",
        "https://",
        "https:///x",
        "ftp://example.com",
        "https://bank.example@evil.example",
        "https://exa mple.com",
        " https://example.com",
        "https://example.com/\nx",
        'https://example.com/"onload=x',
        "https://example.com/<b>",
        "https:\\\\example.com",
        "https://[",
        "https://example.com/" + "x" * MAX_LINK,
        "java\tscript:alert(1)",
        7,
        None,
        ["https://example.com"],
    ],
)
def test_nothing_else_is_a_link(value):
    assert shown_value("link", value) == ""


def test_rows_show_the_fields_that_the_board_names(client, parts):
    put(client, "cup", show=SHOW)
    submit(client, "cup", {"player": "ada", "score": 1, "metadata": METADATA})
    submit(
        client,
        "cup",
        {"player": "bob", "score": 2, "metadata": {"team": ["?"]}},
        {"player": "eve", "score": 3},
    )

    assert [row["shown"] for row in list_entries(client, "cup")["entries"]] == [{}, {}, PUBLIC]
    assert client.get("/v1/boards/cup/entries/ada").json["data"]["shown"] == PUBLIC
    assert list_entries(client, "cup", players="ada")["entries"][0]["shown"] == PUBLIC


def test_a_search_shows_them_and_no_other_metadata(client, parts, redis):
    put(client, "cup", show=SHOW)
    submit(client, "cup", {"player": "ada", "score": 1, "metadata": METADATA})
    parts.followers.catch_up("search")

    for _ in range(2):  # with Redis, and without it
        answer = client.get("/v1/boards/cup/entries?search=ad")
        (row,) = answer.json["data"]["entries"]
        assert (row["shown"], row["metadata"]) == (PUBLIC, None)
        assert "example.com/ada" in answer.text
        assert "ada@example.com" not in answer.text
        redis.flushall()


def test_boards_that_name_no_fields_have_none_in_their_rows(client):
    submit(client, "main", {"player": "ada", "score": 1, "metadata": METADATA})

    assert "shown" not in list_entries(client, "main")["entries"][0]


def test_naming_fields_leaves_order_and_standings_as_they_are(client, parts):
    put(client, "cup", columns=[{"name": "lives"}], regions=["eu"])
    submit(client, "cup", {"player": "ada", "score": 1, "metadata": METADATA})
    before = parts.boards.service.board("cup")

    put(
        client,
        "cup",
        columns=[{"name": "lives", "title": "Lives left"}],
        regions=["eu"],
        regionTitles={"eu": "Europe"},
        show=SHOW,
    )

    after = parts.boards.service.board("cup")
    assert (after.layout, after.since) == (before.layout, before.since)
    assert after.definition.region_titles == {"eu": "Europe"}
    assert list_entries(client, "cup")["entries"][0]["shown"] == PUBLIC
    answer = client.get("/v1/boards/cup").json["data"]
    assert answer["columns"] == [{"name": "lives", "order": "desc", "title": "Lives left"}]
    assert answer["show"] == [{"title": "", **one} for one in SHOW]


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        ({"show": [{"field": "a b", "as": "text"}]}, "show[0].field"),
        ({"show": [{"field": "a", "as": "image"}]}, "show[0].as"),
        ({"show": [{"field": "a"}]}, "show[0]"),
        ({"show": [{"field": "a", "as": "text"}, {"field": "a", "as": "flag"}]}, "show"),
        ({"show": [{"field": f"f{n}", "as": "text"} for n in range(5)]}, "show"),
        ({"columns": [{"name": "a", "title": "x" * 41}]}, "columns[0].title"),
        ({"regions": ["eu"], "regionTitles": {"us": "States"}}, "regionTitles"),
        ({"regions": ["eu"], "regionTitles": {"eu": "x" * 41}}, "regionTitles[...]"),
    ],
)
def test_an_invalid_definition_is_refused(client, definition, field):
    answer = client.put("/v1/admin/boards/cup", json=definition)

    assert refusal(answer) == (400, "validation_failed")
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_a_definition_that_uses_nothing_new_is_stored_as_the_release_before_reads_it(client, parts):
    put(client, "cup", columns=[{"name": "lives"}], regions=["eu"])

    text = "SELECT definition FROM board WHERE id = 'cup'"
    ((stored,),) = parts.base.database.run(lambda db: db.execute_sql(text).fetchall())

    assert not {"show", "regionTitles"} & json.loads(stored).keys()
    assert json.loads(stored)["columns"] == [{"name": "lives", "order": "desc"}]
