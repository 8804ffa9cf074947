"""Boards as files: all rows of one state, harmless in spreadsheets."""

from __future__ import annotations

import csv
import io
import json

import pytest

from scoreboard.boards.exportformats import harmless
from tests.boards.calls import list_entries, put, refusal, score, submit
from tests.contract import client_of

HEAD = ["rank", "player", "displayName", "score", "reachedAt", "metadata", "percentile", "revisedAt"]


def export(client, board="main", format="csv", **query):
    answer = client.get(f"/v1/boards/{board}/export.{format}", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer


def table(answer):
    return list(csv.reader(io.StringIO(answer.get_data(as_text=True), newline="")))


def lines(answer):
    return [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]


def entries(client, board="main", **query):
    return list_entries(client, board, limit=1000, **query)["entries"]


@pytest.mark.parametrize("ties", ["ordinal", "competition", "dense"])
def test_rows_are_those_of_the_list(client, ties, monkeypatch):
    monkeypatch.setattr("scoreboard.boards.exports.PAGE", 2)
    put(client, "cup", ties=ties, columns=[{"name": "lives"}], regions=["eu"], windows=["daily"])
    for number, player in enumerate(["a", "b", "c", "d", "e", "f", "g"]):
        entry = {
            "player": player,
            "score": -(number // 3),
            "columns": {"lives": 1},
            "metadata": {"n": number},
        }
        submit(client, "cup", entry | ({"region": "eu"} if number % 2 else {}))

    for query in ({}, {"region": "eu"}, {"period": "daily"}):
        assert lines(export(client, "cup", "jsonl", **query)) == entries(client, "cup", **query)
    rows = table(export(client, "cup"))
    assert rows[0] == [*HEAD[:4], "columns.lives", *HEAD[4:]]
    assert [[int(row[0]), row[1], int(row[3]), json.loads(row[6])] for row in rows[1:]] == [
        [row["rank"], row["player"]["id"], row["score"], row["metadata"]] for row in entries(client, "cup")
    ]


def test_headers_name_the_state_and_the_file(client, clock):
    put(client, "cup", regions=["eu"])
    submit(client, "cup", {"player": "ada", "score": 5, "region": "eu"})
    version = submit(client, "cup", {"player": "bob", "score": 3})["standings"][0]["version"]

    answer = export(client, "cup")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cup-all.csv"'
    assert answer.headers["Scoreboard-As-Of"] == "2026-01-01T00:00:00.000Z"
    assert (answer.headers["Scoreboard-Version"], answer.headers["Scoreboard-Total"]) == (str(version), "2")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Scoreboard-Revised-At" not in answer.headers
    disposition = export(client, "cup", "jsonl", region="eu").headers["Content-Disposition"]
    assert disposition == 'attachment; filename="cup-all-eu.jsonl"'


def test_an_empty_board_has_only_the_names_of_its_columns(client):
    assert table(export(client)) == [HEAD]
    assert export(client, format="jsonl").data == b""


def test_an_export_is_utf_8_with_crlf_and_quoted_texts(client):
    submit(client, "main", {"player": "ada", "score": -5, "displayName": 'Ada "Ä", 王'})

    text = export(client).data

    first, row, rest = text.split(b"\r\n")
    assert not text.startswith(b"\xef\xbb\xbf")
    assert first == b",".join(b'"%s"' % name.encode() for name in HEAD)
    assert row == '1,"ada","Ada ""Ä"", 王",-5,"2026-01-01T00:00:00.000Z","",100.0,""'.encode()
    assert rest == b""


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1", '=HYPERLINK("http://x","y")'])
def test_no_name_is_a_formula_and_numbers_stay_numbers(client, name):
    submit(client, "main", {"player": "ada", "score": -5, "displayName": name})

    row = table(export(client))[1]

    stored_name = name.replace("\uff1d", "=")  # names have one width
    assert row[2] == f"'{stored_name}"
    assert row[3] == "-5"
    assert lines(export(client, format="jsonl"))[0]["player"]["displayName"] == stored_name


@pytest.mark.parametrize("text", ["\t=1", "\r=1", "\n=1", "\uff0b1", "\uff0d1", "\uff20x"])
def test_a_text_that_begins_like_a_formula_is_made_harmless(text):
    assert harmless(text) == f"'{text}"
    assert harmless(f"x{text}") == f"x{text}"


def test_a_revised_period_says_so_in_each_row(client, parts, clock):
    put(client, "day", period="daily", regions=["eu"])
    submit(client, "day", {"player": "ada", "score": 1, "region": "eu"})
    clock.advance(days=2)
    parts.boards.admin.close_due_periods()
    submit(client, "day", {"player": "bob", "score": 1, "occurredAt": "2026-01-01T12:00:00Z"})

    for query in ({}, {"region": "eu"}):
        answer = export(client, "day", period="2026-01-01", **query)
        assert answer.headers["Scoreboard-Revised-At"] == "2026-01-03T00:00:00.000Z"
        assert {row[-1] for row in table(answer)[1:]} == {"2026-01-03T00:00:00.000Z"}
    assert {row["revisedAt"] for row in lines(export(client, "day", "jsonl", period="2026-01-01"))} == {
        "2026-01-03T00:00:00.000Z"
    }


def test_an_export_is_one_state_even_if_scores_are_written_at_the_same_time(client, parts, monkeypatch):
    monkeypatch.setattr("scoreboard.boards.exports.PAGE", 10)
    score(client, "main", **{f"p{number}": number for number in range(50)})
    before = entries(client)
    spool = parts.boards.service.begin_export(parts.boards.service.board("main"), "", "", "jsonl")
    score(client, "main", p0=1000)

    found = [json.loads(line) for line in b"".join(spool).splitlines()]
    parts.boards.service.exports.end(spool)

    assert found == before


def test_with_redis_away_an_export_is_the_same(client, parts, redis, make_parts, database_url):
    score(client, "main", ada=3, bob=5)
    away = make_parts(database_url, redis_url="redis://127.0.0.1:1")

    spool = away.boards.service.begin_export(away.boards.service.board("main"), "", "", "csv")

    assert b'2,"ada"' in b"".join(spool)
    away.boards.service.exports.end(spool)


@pytest.mark.one_database
class TestRefusals:
    def test_windows_that_do_not_exist_are_not_found(self, client):
        put(client, "cup", period="daily")
        assert refusal(client.get("/v1/boards/none/export.csv")) == (404, "board_not_found")
        assert refusal(client.get("/v1/boards/cup/export.csv?period=1999-01-01")) == (404, "period_not_found")
        assert refusal(client.get("/v1/boards/cup/export.csv?region=x")) == (404, "region_not_found")
        assert refusal(client.get("/v1/boards/cup/export.csv?limit=5")) == (400, "validation_failed")
        assert client.get("/v1/boards/cup/export.xml").status_code == 404

    def test_private_boards_need_a_key(self, client):
        put(client, "cup", public=False)
        score(client, "cup", ada=1)
        anybody = client.get("/v1/boards/cup/export.csv", headers={"Authorization": ""})

        assert refusal(anybody) == (404, "board_not_found")
        assert len(table(export(client, "cup"))) == 2

    def test_exports_are_limited_by_address_unless_a_key_makes_them(self, make_parts, sqlite_url):

        http = client_of(make_parts(sqlite_url, limit_export="2/minute"))
        answers = [http.get("/v1/boards/main/export.csv", headers={"Authorization": ""}) for _ in range(3)]

        assert [one.status_code for one in answers] == [200, 200, 429]
        assert http.get("/v1/boards/main/export.csv").status_code == 200

    def test_a_process_makes_a_few_exports_at_a_time_and_the_next_ones_later(self, client, parts):
        board = parts.boards.service.board("main")
        spools = []
        while True:
            answer = client.get("/v1/boards/main/export.csv")
            if answer.status_code != 200:
                break
            spools.append(parts.boards.service.begin_export(board, "", "", "csv"))

        assert refusal(answer) == (503, "overloaded")
        for spool in spools:
            parts.boards.service.exports.end(spool)
        assert export(client).status_code == 200
