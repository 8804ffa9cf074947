"""Decisions about entries: standings are as if reversed and held entries had never come."""

from __future__ import annotations

from tests.boards.calls import list_entries, put, refusal, submit
from tests.moderation.calls import check_consistency, decide, entries, entry_ids, undo


def rows(client, board="cup", **query):
    return [(one["player"]["id"], one["score"]) for one in list_entries(client, board, **query)["entries"]]


def test_reversing_the_best_brings_back_the_one_before_with_its_own_time_columns_and_metadata(
    client, parts, clock
):
    put(client, "cup", operator="best", columns=[{"name": "lives"}], windows=["daily"], regions=["eu"])
    for score, lives, level in ((5, 1, 1), (9, 2, 2)):
        clock.advance(seconds=1)
        entry = {"player": "ada", "score": score, "columns": {"lives": lives}, "metadata": {"level": level}}
        submit(client, "cup", {**entry, "region": "eu"})
    clock.advance(seconds=1)
    submit(client, "cup", {"player": "bob", "score": 5, "columns": {"lives": 1}})
    before = [list_entries(client, "cup", period=period)["entries"] for period in ("all", "daily")]

    answer = decide(client, "reverse", entry_ids(client, player="ada")[1])

    for query in ({"period": "all"}, {"period": "daily"}):
        first, second = list_entries(client, "cup", **query)["entries"]
        assert (first["player"]["id"], first["score"], first["columns"]) == ("ada", 5, {"lives": 1})
        assert (first["reachedAt"], first["metadata"]) == ("2026-01-01T00:00:01.000Z", {"level": 1})
        assert (second["player"]["id"], second["rank"]) == ("bob", 2)
    assert rows(client, region="eu") == [("ada", 5)]
    assert answer["entries"] == 1
    shown = {(one["period"], one["region"]): one for one in answer["standings"]}
    assert shown["all", None] == {
        "board": "cup",
        "period": "all",
        "region": None,
        "player": "ada",
        "before": {"score": 9, "rank": 1},
        "after": {"score": 5, "rank": 1},
    }
    assert len(shown) == 4
    check_consistency(parts)

    undo(client, answer["decision"]["id"])

    assert [list_entries(client, "cup", period=period)["entries"] for period in ("all", "daily")] == before
    check_consistency(parts)


def test_a_player_without_another_entry_leaves_the_list_and_comes_back(client, parts):
    put(client, "cup", ties="dense")
    submit(client, "cup", {"player": "ada", "score": 9}, {"player": "bob", "score": 5})
    (first, _) = entry_ids(client)

    decision = decide(client, "hold", first)

    assert rows(client) == [("bob", 5)]
    assert list_entries(client, "cup")["total"] == 1
    assert refusal(client.get("/v1/boards/cup/entries/ada")) == (404, "not_ranked")
    assert decision["standings"][0]["after"] is None
    check_consistency(parts)

    decide(client, "release", first)

    assert rows(client) == [("ada", 9), ("bob", 5)]
    check_consistency(parts)


def test_a_dry_run_shows_the_consequences_and_changes_nothing(client, parts):
    put(client, "cup")
    submit(client, "cup", {"player": "ada", "score": 9}, {"player": "bob", "score": 5})
    ids = entry_ids(client)

    looked = decide(client, "reverse", ids[0], dryRun=True)
    decided = decide(client, "reverse", ids[0])

    assert looked["decision"] is None
    assert {**looked, "decision": 0} == {**decided, "decision": 0}
    assert looked["entries"] == 1
    assert rows(client) == [("bob", 5)]


def test_decisions_are_layers_and_undoing_one_leaves_the_others(client, parts):
    put(client, "cup")
    submit(client, "cup", {"player": "ada", "score": 9}, {"player": "ada", "score": 5})
    one, two = entry_ids(client)
    held = decide(client, "hold", one)["decision"]["id"]
    reversed_both = decide(client, "reverse", one, two)["decision"]["id"]
    assert rows(client) == []

    undo(client, held)
    assert rows(client) == []
    undo(client, reversed_both)
    assert rows(client) == [("ada", 14)]
    check_consistency(parts)


def test_deciding_or_undoing_twice_is_refused(client, parts):
    put(client, "cup")
    submit(client, "cup", {"player": "ada", "score": 9})
    (one,) = entry_ids(client)
    decision = decide(client, "reverse", one)["decision"]["id"]
    again = client.post("/v1/admin/entries/reverse", json={"ids": [one], "reason": "exploit"})
    assert refusal(again) == (409, "nothing_to_decide")
    undo(client, decision)
    assert refusal(client.post(f"/v1/admin/decisions/{decision}/undo")) == (409, "already_undone")
    assert refusal(client.post("/v1/admin/decisions/none/undo")) == (404, "decision_not_found")


def test_a_closed_period_that_changes_is_revised(client, parts, clock):
    put(client, "day", period="daily")
    submit(client, "day", {"player": "ada", "score": 9}, {"player": "bob", "score": 5})
    clock.advance(days=2)
    parts.boards.admin.close_due_periods()
    first = entry_ids(client)[0]

    decide(client, "reverse", first)

    answer = list_entries(client, "day", period="2026-01-01")
    assert [one["player"]["id"] for one in answer["entries"]] == ["bob"]
    assert answer["revisedAt"] == "2026-01-03T00:00:00.000Z"
    check_consistency(parts)


def test_entries_are_listed_with_their_states_and_decisions(client, parts):
    put(client, "cup")
    submit(client, "cup", {"player": "ada", "score": 9}, {"player": "bob", "score": 5})
    one, two = entry_ids(client)
    decide(client, "reverse", two, reason="exploit", note="see the video")

    first, second = entries(client)
    assert (first["id"], first["state"], first["player"], first["amount"]) == (two, "reversed", "bob", 5)
    assert (first["boards"], first["reasons"]) == (["cup"], ["exploit"])
    assert (second["state"], second["decidedBy"]) == ("counted", None)
    assert entry_ids(client, state="reversed") == [two]
    assert entry_ids(client, state="counted", board="cup") == [one]
    assert entry_ids(client, player="ada") == [one]
    assert entries(client, board="other") == []
    page = client.get("/v1/admin/entries?limit=1").json
    assert [one["id"] for one in page["data"]] == [two]
    following = client.get(f"/v1/admin/entries?limit=1&cursor={page['page']['next']}").json
    assert [one["id"] for one in following["data"]] == [one]


def test_scores_that_come_after_a_reversal_count_from_what_remains(client, parts):
    put(client, "cup")
    submit(client, "cup", {"player": "ada", "score": 9}, {"player": "ada", "score": 5})
    decision = decide(client, "reverse", entry_ids(client)[0])["decision"]["id"]
    submit(client, "cup", {"player": "ada", "score": 1})
    assert rows(client) == [("ada", 6)]
    undo(client, decision)
    assert rows(client) == [("ada", 15)]
    check_consistency(parts)


def test_a_filter_of_more_than_a_thousand_entries_is_a_job(client, parts):
    put(client, "cup")
    for start in range(0, 2200, 1000):
        numbers = range(start, min(start + 1000, 2200))
        submit(client, "cup", *({"player": f"p{number % 30}", "score": 1} for number in numbers))
    before = list_entries(client, "cup", limit=100)["entries"]

    answer = decide(client, "reverse", filter={"board": "cup"})
    assert (answer["job"]["status"], answer["job"]["entries"], answer["job"]["done"]) == ("running", 2200, 0)
    refused = client.post(f"/v1/admin/decisions/{answer['decision']['id']}/undo")
    assert refusal(refused) == (409, "decision_running")
    assert parts.moderation.jobs.work() == 3
    job = client.get(f"/v1/admin/jobs/{answer['job']['id']}").json["data"]
    assert (job["status"], job["done"]) == ("done", 2200)
    assert rows(client) == []
    check_consistency(parts)

    assert undo(client, answer["decision"]["id"])["job"]["status"] == "running"
    assert parts.moderation.jobs.work() == 3
    assert parts.moderation.jobs.work() == 0
    assert list_entries(client, "cup", limit=100)["entries"] == before
    check_consistency(parts)


def test_a_removal_that_is_shown_late_does_not_remove_a_player_who_is_back(client, parts):
    put(client, "cup")
    submit(client, "cup", {"player": "ada", "score": 9}, {"player": "bob", "score": 5})
    one = entry_ids(client)[0]
    decision = decide(client, "reverse", one)["decision"]["id"]
    undo(client, decision)
    # The follower shows the facts a second time, the removal among them.
    parts.boards.follower.follow(parts.journal.after(parts.journal.start, 100))
    assert rows(client) == [("ada", 9), ("bob", 5)]
    check_consistency(parts)
