"""Merging: a guest's scores become the account's."""

from __future__ import annotations

import json
import threading

import pytest

from scoreboard.boards.types import Window
from scoreboard.core.storage import rediskeys
from tests.actions.play import Player, define
from tests.boards.calls import list_entries, put, refusal, submit
from tests.merging.conftest import Account


def rows(client, board="main", **query):
    return [(one["player"]["id"], one["score"]) for one in list_entries(client, board, **query)["entries"]]


def sql(parts, text):
    return parts.base.database.run(lambda db: db.execute_sql(text).fetchall())


def check_consistency(parts):
    """Assert that journal, standings and Redis agree."""
    parts.followers.catch_up("boards")
    assert parts.boards.verifier.run() == []


def test_the_guests_points_are_the_accounts_and_the_guest_is_removed(client, parts, ada, guest):
    ada.play()
    guest.play()
    guest.play()
    submit(client, "main", {"player": "bob", "score": 25})
    assert rows(client) == [("bob", 25), (guest.id, 20), (ada.id, 10)]

    answer = ada.merge(guest)

    assert answer.status_code == 200, answer.text
    assert answer.json["data"]["guest"] == guest.id
    assert answer.json["data"]["player"]["id"] == ada.id
    assert rows(client) == [(ada.id, 30), ("bob", 25)]
    assert refusal(client.get(f"/v1/boards/main/entries/{guest.id}")) == (404, "not_ranked")
    check_consistency(parts)
    assert rows(client) == [(ada.id, 30), ("bob", 25)]


def test_entries_count_by_their_own_operators_columns_and_regions_in_the_order_in_which_they_came(
    client, parts, ada, guest, clock
):
    put(client, "cup", columns=[{"name": "lives"}], regions=["eu", "na"], windows=["daily"])

    def entry(player, score, **more):
        clock.advance(seconds=1)
        report = submit(client, "cup", {"player": player.id, "score": score, **more})
        assert report["rejected"] == []

    entry(ada, 5, columns={"lives": 1}, region="eu")
    entry(guest, 7, operator="set", region="na", metadata={"level": 2})
    entry(ada, 6, operator="best")  # worse than the guest's
    entry(guest, 1, columns={"lives": 3})
    entry(ada, 2, operator="decrement")

    assert ada.merge(guest).status_code == 200

    (row,) = list_entries(client, "cup")["entries"]
    assert (row["score"], row["columns"], row["metadata"]) == (6, {"lives": 3}, {"level": 2})
    assert row["reachedAt"] == "2026-01-01T00:00:05.000Z"
    assert rows(client, "cup", region="eu") == [(ada.id, 5)]
    assert rows(client, "cup", region="na") == [(ada.id, 7)]
    assert rows(client, "cup", period="daily") == [(ada.id, 6)]
    check_consistency(parts)


def test_a_search_finds_the_account_in_place_of_the_guest(client, parts, ada, guest):
    guest.play()
    parts.followers.catch_up("search")
    assert [row["player"]["id"] for row in list_entries(client, "main", search="gue")["entries"]] == [
        guest.id
    ]

    ada.merge(guest)
    parts.followers.catch_up("search")

    assert [row["player"]["id"] for row in list_entries(client, "main", search="gue")["entries"]] == [ada.id]
    assert sql(parts, f"SELECT key FROM search_key WHERE player = '{guest.id}'") == []


def test_the_first_to_reach_a_score_stays_first(client, parts, ada, guest, clock):
    put(client, "cup", operator="best")
    for player in (guest.id, "bob", ada.id):
        clock.advance(seconds=1)
        submit(client, "cup", {"player": player, "score": 9})

    ada.merge(guest)

    assert rows(client, "cup") == [(ada.id, 9), ("bob", 9)]
    check_consistency(parts)


def test_a_change_of_the_order_folds_both_together_again(client, parts, ada, guest):
    put(client, "cup", operator="best")
    submit(client, "cup", {"player": guest.id, "score": 3}, {"player": ada.id, "score": 5})
    ada.merge(guest)
    assert rows(client, "cup") == [(ada.id, 5)]

    put(client, "cup", operator="best", order="asc")

    assert rows(client, "cup") == [(ada.id, 3)]
    check_consistency(parts)


def test_a_closed_period_is_revised_and_marked(client, parts, ada, guest, clock):
    put(client, "day", period="daily")
    submit(client, "day", {"player": guest.id, "score": 3}, {"player": ada.id, "score": 5})
    submit(client, "day", {"player": "bob", "score": 7})
    clock.advance(days=2)
    parts.boards.admin.close_due_periods()
    parts.followers.catch_up("boards")

    ada.renew()
    assert ada.merge(guest).status_code == 200

    assert rows(client, "day", period="2026-01-01") == [(ada.id, 8), ("bob", 7)]
    (period,) = client.get("/v1/boards/day/periods").json["data"]
    assert (period["entries"], period["revisedAt"]) == (2, "2026-01-03T00:00:00.000Z")
    assert list_entries(client, "day", period="2026-01-01")["revisedAt"] == "2026-01-03T00:00:00.000Z"
    check_consistency(parts)


def test_redis_does_not_show_the_guest_by_a_late_batch(client, parts, ada, guest):
    guest.play()
    line = parts.journal.after(parts.journal.start, 1000)[-1]
    assert line.fact.player == guest.id
    ada.merge(guest)

    parts.boards.follower.follow([line])  # a job that was delayed

    assert rows(client) == [(ada.id, 10)]
    check_consistency(parts)


def test_with_redis_away_a_guest_is_merged_too(client, parts, ada, guest, redis, make_parts, database_url):
    guest.play()
    away = make_parts(database_url, redis_url="redis://127.0.0.1:1")
    elsewhere = Account.__new__(Account)
    elsewhere.http = type(ada.http)(__import__("scoreboard.app", fromlist=["create_app"]).create_app(away))
    elsewhere.take(ada.session)

    assert elsewhere.merge(guest).status_code == 200

    parts.followers.catch_up("boards")
    assert rows(client) == [(ada.id, 10)]
    check_consistency(parts)


def test_redis_that_was_emptied_is_built_without_the_guest(client, parts, ada, guest, redis):
    guest.play()
    ada.merge(guest)
    redis.flushall()

    check_consistency(parts)
    assert rows(client) == [(ada.id, 10)]


def test_points_of_both_count_against_the_caps(client, parts, ada, guest):
    define(parts, "capped", dailyCap=35)
    ada.play("capped")
    for _ in range(2):
        guest.play("capped")
    ada.merge(guest)

    assert refusal(ada.complete(ada.request("capped"))) == (429, "cap_reached")


def test_the_guests_sessions_end_and_its_tokens_win_nothing(client, parts, ada, guest):
    guest.play()
    action, access = guest.request(), guest.session["accessToken"]
    ada.merge(guest)

    assert refusal(guest.complete(action)) == (401, "unauthenticated")
    body = {"refreshToken": guest.session["refreshToken"]}
    assert refusal(guest.http.post("/v1/auth/refresh", json=body)) == (401, "invalid_refresh_token")
    # In a process that has not read the revocation yet, the check under the write lock refuses.
    parts.accounts.sessions.revocations._revocations.clear()
    guest.http.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {access}"
    assert refusal(guest.complete(action)) == (409, "player_merged")
    assert rows(client) == [(ada.id, 10)]


def test_a_server_that_reports_the_guest_gets_the_accounts_id(client, parts, ada, guest):
    ada.merge(guest)

    report = submit(client, "main", {"player": guest.id, "score": 5})

    assert [one["code"] for one in report["rejected"]] == ["player_merged"]
    assert ada.id in report["rejected"][0]["detail"]
    assert rows(client) == []


def test_a_repeated_entry_of_the_guest_does_not_bring_the_guest_back(client, parts, ada, guest):
    entry = {"player": guest.id, "score": 5, "idempotencyKey": "match-1"}
    submit(client, "main", entry)
    ada.merge(guest)

    report = submit(client, "main", entry)
    assert (report["replayed"], report["standings"]) == (1, [])
    assert "degraded" not in report
    assert rows(client) == [(ada.id, 5)]


def test_merging_again_changes_nothing_and_no_other_account_gets_the_guest(client, parts, ada, guest):
    guest.play()
    ada.merge(guest)
    head = parts.journal.head().seq

    again = ada.merge(guest)

    assert (again.status_code, again.json["data"]["guest"]) == (200, guest.id)
    assert rows(client) == [(ada.id, 10)]
    assert parts.journal.head().seq == head
    assert refusal(Account(parts, "eve").merge(guest)) == (409, "already_merged")


def test_several_guests_add_up(client, parts, ada):
    for _ in range(3):
        guest = Player(parts)
        guest.play()
        assert ada.merge(guest).status_code == 200
    ada.play()

    assert rows(client) == [(ada.id, 40)]
    check_consistency(parts)


def test_a_guest_without_points_can_be_merged(client, parts, ada, guest):
    assert ada.merge(guest).status_code == 200

    assert rows(client) == []
    check_consistency(parts)


def test_boards_that_were_deleted_are_left_alone(client, parts, ada, guest):
    put(client, "cup")
    submit(client, "cup", {"player": guest.id, "score": 5})
    client.delete("/v1/admin/boards/cup")
    put(client, "cup")

    assert ada.merge(guest).status_code == 200
    assert rows(client, "cup") == []
    check_consistency(parts)


@pytest.mark.one_database
class TestRefusals:
    def test_a_token_that_proves_no_guest_is_refused(self, parts, ada, guest):
        for token in ("", "nothing", "rt_0_1_x", f"{guest.session['refreshToken']}x"):
            assert refusal(ada.merge(token)) == (400, "invalid_guest_token"), token

    def test_the_token_of_a_session_that_is_over_is_refused(self, parts, ada, guest, clock):
        ended = Player(parts)
        ended.http.post("/v1/auth/logout", json={"refreshToken": ended.session["refreshToken"]})
        assert refusal(ada.merge(ended)) == (400, "invalid_guest_token")
        clock.advance(days=91)
        ada.take(parts_login(ada))
        assert refusal(ada.merge(guest)) == (400, "invalid_guest_token")

    def test_a_token_that_was_used_before_ends_the_guests_session(self, parts, ada, guest, clock):
        old = guest.session["refreshToken"]
        guest.renew()
        clock.advance(seconds=11)

        assert refusal(ada.merge(old)) == (400, "invalid_guest_token")
        assert refusal(ada.merge(guest)) == (400, "invalid_guest_token")

    def test_a_guest_is_not_merged_into_a_guest_nor_into_itself(self, parts, ada, guest):
        other = Player(parts)
        for token in (guest.session["refreshToken"], other.session["refreshToken"]):
            answer = guest.http.post("/v1/me/merge", json={"guestRefreshToken": token})
            assert refusal(answer) == (409, "account_needed")

    def test_no_account_is_merged_not_even_into_itself(self, parts, ada):
        assert refusal(ada.merge(ada)) == (409, "not_a_guest")
        assert refusal(ada.merge(Account(parts, "eve"))) == (409, "not_a_guest")

    def test_no_guest_is_merged_while_either_player_is_suspended(self, client, parts, ada, guest):
        guest.play()
        parts.accounts.players.suspend(guest.id, context={})
        assert refusal(ada.merge(guest)) == (403, "account_suspended")
        parts.accounts.players.reinstate(guest.id, context={})
        parts.accounts.players.suspend(ada.id, context={})
        assert refusal(ada.merge(guest)) == (403, "account_suspended")
        # In a process that has not read the revocation yet, the check under the write lock refuses.
        parts.accounts.sessions.revocations._revocations.clear()
        assert refusal(ada.merge(guest)) == (403, "account_suspended")
        assert rows(client) == [(guest.id, 10)]

    def test_no_guest_is_merged_while_either_player_may_not_win_points(self, parts, ada, guest):
        for player in (guest.id, ada.id):
            parts.accounts.players.allow_scoring(player, False, context={})
            assert refusal(ada.merge(guest)) == (403, "scoring_disabled")
            parts.accounts.players.allow_scoring(player, True, context={})

    def test_scores_that_together_break_the_bounds_of_a_board_are_refused(self, client, parts, ada, guest):
        put(client, "cup", maxScore=10)
        submit(client, "cup", {"player": guest.id, "score": 6}, {"player": ada.id, "score": 6})

        assert refusal(ada.merge(guest)) == (422, "score_out_of_range")
        assert len(rows(client, "cup")) == 2
        assert guest.http.get("/v1/me").status_code == 200
        check_consistency(parts)

    def test_a_merge_without_a_signed_in_player_is_refused(self, client, parts, guest):
        answer = client.post("/v1/me/merge", json={"guestRefreshToken": guest.session["refreshToken"]})
        assert refusal(answer) == (401, "unauthenticated")


def parts_login(account):
    body = {"username": "ada", "password": "correct horse battery staple"}
    return account.http.post("/v1/auth/login", json=body).json["data"]


@pytest.mark.one_database
def test_facts_between_gathering_and_merging_count_too(client, parts, ada, guest):
    guest.play()
    gather = parts.merging.gather

    def gather_and_define(account, other):
        standings = gather(account, other)
        guest.play()
        put(client, f"later-{parts.journal.head().seq}")
        return standings

    object.__setattr__(parts.merging, "gather", gather_and_define)
    assert refusal(ada.merge(guest)) == (503, "ledger_unavailable")  # a board was defined each time

    def gather_and_play(account, other):
        standings = gather(account, other)
        guest.play()
        return standings

    object.__setattr__(parts.merging, "gather", gather_and_play)
    assert ada.merge(guest).status_code == 200
    assert sum(score for _, score in rows(client)) == 50
    check_consistency(parts)


@pytest.mark.one_database
def test_purging_leaves_merged_guests_and_their_points_alone(client, parts, ada, guest, clock):
    guest.play()
    ada.merge(guest)
    clock.advance(days=40)

    parts.accounts.guests.purge()

    assert rows(client) == [(ada.id, 10)]
    assert refusal(Account(parts, "eve").merge(guest)) == (409, "already_merged")
    check_consistency(parts)


@pytest.mark.one_database
def test_the_audit_log_names_guest_and_account(parts, ada, guest):
    ada.merge(guest)
    parts.followers.catch_up("audit")

    lines = parts.base.audit_database.run(
        lambda db: db.execute_sql(
            "SELECT player, caller, detail FROM audit WHERE kind = 'player-merged'"
        ).fetchall()
    )

    assert lines == [(ada.id, ada.id, f'{{"guest":"{guest.id}"}}')]


@pytest.mark.one_database
def test_the_name_of_the_guest_is_forgotten(client, parts, ada, guest, redis):
    guest.play()
    assert redis.hget("sb:{names}", guest.id)
    ada.merge(guest)

    assert not redis.hget("sb:{names}", guest.id)
    assert sql(parts, f"SELECT * FROM player WHERE id = '{guest.id}'") == []
    assert parts.boards.windows.get(Window("main", "all", "")).entries == 1


def stream_of(player):
    """An open stream of a player, and its frames."""
    ticket = player.http.post("/v1/stream/ticket").json["data"]["ticket"]
    answer = player.http.get(f"/v1/stream?ticket={ticket}", buffered=False)
    lines = (line for part in answer.response for line in part.decode().splitlines())
    return answer, (json.loads(line[6:]) for line in lines if line.startswith("data: "))


def until(frames, kind):
    """The next frame of a type."""
    return next(frame for frame in frames if frame["t"] == kind)


def test_open_streams_of_both_get_a_tell_before_those_of_the_guest_end(ada, guest, parts):
    serving = threading.Thread(target=parts.stream.serving.loop.run)
    serving.start()
    (here, frames), (there, guest_frames) = stream_of(ada), stream_of(guest)
    until(frames, "snapshot")
    until(guest_frames, "snapshot")

    assert ada.merge(guest).status_code == 200

    tell, guest_tell = until(frames, "tell"), until(guest_frames, "tell")
    assert tell["kind"] == guest_tell["kind"] == "merged"
    assert tell["data"] == guest_tell["data"] == {"guest": guest.id, "player": ada.id}
    assert until(guest_frames, "bye")["code"] == 402
    here.close()
    there.close()
    parts.stream.serving.loop.stop()
    serving.join()


def test_a_repeated_merge_sends_no_second_tell(ada, guest, parts, redis):
    for _ in range(2):
        assert ada.merge(guest).status_code == 200

    signals = [
        values["player"] for _, values in redis.xrange(rediskeys.signals()) if values["signal"] == "tell"
    ]
    assert signals == [ada.id, guest.id]
