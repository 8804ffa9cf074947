"""The Python client, against the real product."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import threading

import pytest
from scoreboard_client import AwayError, Client, RefusedError, ScoreboardError, Server, prove
from scoreboard_client.work import solve

from tests.clients import commands
from tests.clients.apiserver import ApiServer
from tests.docs import pages
from tests.support import KEY, ROOT, free_port, wait_until
from tests.tcpproxy import TcpProxy


@pytest.fixture
def ada(stack):
    client = Client(stack.url)
    client.guest("Ada")
    yield client
    client.close()


@pytest.fixture
def quick_action(stack):
    """An action type that takes no time."""
    body = {"boards": ["main"], "points": 10, "difficulty": 4}
    assert stack.call("PUT", "/v1/admin/action-types/quick", body).status in (200, 201)
    return "quick"


def repair(proxy):
    """Let only one answer get lost."""
    proxy.answer_dropped.wait()
    proxy.drops_answers = False


def example(page):
    """The first Python block of a page, and what it prints."""
    return next(block for _, block in pages.blocks(pages.text(page), "python"))


@pytest.mark.parametrize(("text", "most"), [("x", 512), ('"', 256), ("ü", 256), ("🎲", 128)])
def test_a_result_that_would_be_refused_is_refused_before_the_work(ada, quick_action, text, most):
    action = ada.request(quick_action)
    with pytest.raises(ValueError, match="512 bytes"):
        prove(action, result=text * (most + 1))

    assert ada.complete(action, result=text * most).increment == 10


def test_a_result_with_control_characters_is_refused(ada, quick_action):
    with pytest.raises(RefusedError, match="control character"):
        ada.play(quick_action, result="line\nbreak")


@pytest.mark.parametrize("page", ["README.md", "clients/python/README.md"])
def test_the_example_of_the_readme_plays(stack, page):
    done = subprocess.run(
        [sys.executable, "-c", example(page).replace("http://127.0.0.1:8000", stack.url)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "clients" / "python")},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    assert re.fullmatch(r"7 [0-9]+\n", done.stdout)


def test_the_example_has_ten_lines_at_most():
    assert len(example("README.md").splitlines()) <= 10


def test_points_are_on_the_board(ada, quick_action):
    receipt = ada.play(quick_action)

    entry = ada.entry("main")
    assert (entry.score, entry.rank) == (receipt.new_score, receipt.rank)
    assert entry.display_name == "Ada"
    assert ada.players("main", [ada.player.id]).entries == (entry,)
    assert entry in ada.around("main", radius=1).entries
    assert receipt.standings[0].board == "main"


def test_a_profile_has_the_results_on_all_public_boards(ada, stack):
    for board, public in (("seen", True), ("unseen", False)):
        rules = {"period": "weekly", "public": public, "title": board.title()}
        assert stack.call("PUT", f"/v1/admin/boards/{board}", rules).status in (200, 201)
        Server(stack.url, KEY).submit(board, [{"player": "zoe", "displayName": "Zoë", "score": 7}])

    profile = ada.profile("zoe")

    assert (profile.player, profile.display_name) == ("zoe", "Zoë")
    results = {one.board: one for one in profile.boards}
    assert "unseen" not in results
    (current,) = results["seen"].current
    assert (results["seen"].title, current.kind, current.rank, current.score, current.total) == (
        "Seen",
        "weekly",
        1,
        7,
        1,
    )
    assert current.starts_at < current.reached_at < current.ends_at
    assert results["seen"].best == current
    assert results["seen"].past == ()
    with pytest.raises(RefusedError) as refused:
        ada.profile()
    assert refused.value.code == "player_not_listed"


def test_players_are_found_by_name_once_the_worker_has_seen_them(ada, stack):
    assert (
        stack.call("PUT", "/v1/admin/boards/find", {"show": [{"field": "team", "as": "text"}]}).status == 201
    )
    entries = [
        {
            "player": "z1",
            "displayName": "Zoë",
            "score": 5,
            "metadata": {"team": "Red", "email": "zoe@example.com"},
        },
        {"player": "z2", "displayName": "zora", "score": 9},
    ]
    assert stack.call("POST", "/v1/boards/find/scores", {"entries": entries}).status == 200
    wait_until(lambda: len(ada.search("find", "ZO").entries) == 2, why=stack.log)

    found = ada.search("find", "zö", limit=1)

    (entry,) = found.entries
    assert (entry.player, entry.rank, entry.score, entry.shown) == ("z1", 2, 5, {"team": "Red"})
    assert (found.total, found.degraded, entry.metadata) == (2, False, None)
    with pytest.raises(RefusedError) as refused:
        ada.search("find", "z")
    assert refused.value.code == "validation_failed"


def test_a_player_without_a_score_has_no_entry(ada):
    assert ada.entry("main") is None


def test_a_completion_sent_again_counts_once(ada, quick_action):
    action = ada.request(quick_action)
    first, again = ada.complete(action), ada.complete(action)

    assert (first.replayed, again.replayed) == (False, True)
    assert again.new_score == first.new_score == 10


def test_a_completion_whose_answer_is_lost_is_repeated(stack, quick_action):
    proxy = TcpProxy(stack.port)
    client = Client(f"http://127.0.0.1:{proxy.port}")
    client.guest()
    action = client.request(quick_action)
    proxy.drops_answers = True
    threading.Thread(target=repair, args=(proxy,), daemon=True).start()

    receipt = client.complete(action)

    assert receipt.replayed
    assert client.entry("main").score == 10
    client.close()
    proxy.close()


def test_a_range_of_points_needs_points(ada):
    with pytest.raises(ValueError, match="needs `points` from the range"):
        prove(ada.request("play-round"))


def test_a_refusal_has_a_status_and_a_code(ada):
    with pytest.raises(RefusedError) as refused:
        ada.request("nothing")

    assert (refused.value.status, refused.value.code) == (404, "unknown_action_type")
    assert refused.value.request_id


def test_an_access_token_that_is_outdated_is_renewed(stack, ada, quick_action):
    before = ada.refresh_token
    commands.run(stack, "players", "make-moderator", ada.player.id)
    wait_until(lambda: ada.me().role == "moderator" and ada.refresh_token != before, seconds=15)

    assert ada.play(quick_action).increment == 10


def test_a_session_continues_with_its_refresh_token(stack, ada):
    other = Client(stack.url, refresh_token=ada.refresh_token)

    assert other.player.id == ada.player.id
    other.close()


def test_a_guest_gets_a_user_name_and_signs_in_elsewhere(stack, ada):
    name = f"ada-{ada.player.id[-8:]}"
    assert not ada.upgrade(name, "correct horse battery").guest
    ada.change(name="Lovelace", region="eu")
    ada.change(name="Countess")

    other = Client(stack.url)
    account = other.login(name.upper(), "correct horse battery")

    assert (account.id, account.display_name, account.region) == (ada.player.id, "Countess", "eu")
    assert other.change(region="").region is None
    other.logout()
    with pytest.raises(ScoreboardError, match="Nobody is signed in"):
        other.me()
    other.close()


def test_an_upgrade_replaces_the_session(stack, ada, quick_action):
    stolen = Client(stack.url, refresh_token=ada.refresh_token)
    assert stolen.player.id == ada.player.id
    action = ada.request(quick_action)

    ada.upgrade(f"ada-{ada.player.id[-8:]}", "correct horse battery")

    assert ada.complete(action).increment == 10
    with pytest.raises(RefusedError) as refused:
        stolen.me()
    assert refused.value.status == 401
    stolen.close()


def test_threads_continue_while_the_session_is_replaced(ada, quick_action):
    errors, done = [], threading.Event()

    def play():
        while not done.is_set():
            try:
                ada.play(quick_action)
            except ScoreboardError as error:
                errors.append(error)

    threads = [threading.Thread(target=play) for _ in range(4)]
    for thread in threads:
        thread.start()
    ada.upgrade(f"ada-{ada.player.id[-8:]}", "correct horse battery")
    ada.play(quick_action)
    done.set()
    for thread in threads:
        thread.join()

    assert errors == []


def test_an_upgrade_whose_answer_is_lost_is_found_by_signing_in(stack):
    proxy = TcpProxy(stack.port)
    client = Client(f"http://127.0.0.1:{proxy.port}")
    guest = client.guest()
    proxy.drops_answers = True
    threading.Thread(target=repair, args=(proxy,), daemon=True).start()

    upgraded = client.upgrade(f"ada-{guest.id[-8:]}", "correct horse battery")

    assert (upgraded.id, upgraded.guest) == (guest.id, False)
    assert client.me().id == guest.id
    client.close()
    proxy.close()


def test_passwords_are_changed_and_sessions_are_ended(stack, ada):
    name = f"ada-{ada.player.id[-8:]}"
    ada.upgrade(name, "correct horse battery")
    others = [Client(stack.url) for _ in range(3)]
    for other in others:
        other.login(name, "correct horse battery")

    sessions = ada.sessions()
    assert [one.current for one in sessions].count(True) == 1
    assert len(sessions) == 4
    ada.end_session(next(one.id for one in sessions if not one.current))
    assert len(ada.sessions()) == 3
    ada.end_other_sessions()
    assert [one.current for one in ada.sessions()] == [True]
    with pytest.raises(RefusedError) as refused:
        ada.change_password("a wrong one", "another battery")
    assert refused.value.code == "wrong_password"
    ada.change_password("correct horse battery", "another battery")
    assert others[0].login(name, "another battery").id == ada.player.id
    for other in others:
        other.close()


def test_a_sign_in_that_needs_a_proof_of_work_gets_one(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, limit_sign_in_name="1/minute")
    parts.accounts.players.register("ada", "correct horse battery", name=None, region=None, context={})
    server = ApiServer(parts)
    client = Client(server.url)
    with pytest.raises(RefusedError):
        client.login("ada", "a wrong one")

    assert client.login("ada", "correct horse battery").username == "ada"

    assert server.statuses("/v1/auth/login") == [401, 429, 200]
    client.close()
    server.close()


def test_threads_share_a_player(ada, quick_action):
    threads = [threading.Thread(target=ada.play, args=(quick_action,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert ada.entry("main").score == 80


def test_a_server_reports_scores(stack):
    server = Server(stack.url, KEY)
    entries = [{"player": "team-1", "score": 5}, {"player": "no spaces", "score": 1}]

    first, again = (server.submit("main", entries, key="match-1") for _ in range(2))

    assert first == again
    assert first.accepted == 1
    assert first.rejected[0]["code"] == "validation_failed"
    server.close()


def test_a_server_renames_a_player(stack):
    server = Server(stack.url, KEY)
    server.submit("main", [{"player": "team-2", "score": 5, "displayName": "Rude"}])

    assert server.rename("team-2", " Team  Two ") == "Team Two"
    with pytest.raises(RefusedError) as refused:
        server.rename("nobody", "Team Two")

    assert (
        stack.call("GET", "/v1/boards/main/entries/team-2").json["data"]["player"]["displayName"]
        == "Team Two"
    )
    assert refused.value.code == "player_not_found"
    server.close()


def test_an_unreachable_server_is_named():
    client = Client(f"http://127.0.0.1:{free_port()}", patience_seconds=0.5)

    with pytest.raises(AwayError, match="can't be reached") as away:
        client.guest()

    assert not away.value.doubtful


@pytest.mark.parametrize("difficulty", [0, 1, 8, 13])
def test_a_solution_begins_with_zeros(difficulty):
    solution = solve("nonce", "checksum", difficulty)

    digest = hashlib.sha256(f"nonce:checksum:{solution}".encode()).digest()
    assert int.from_bytes(digest, "big") >> (256 - difficulty) == 0


def test_a_guest_becomes_part_of_an_account(stack, ada, quick_action):
    ada.play(quick_action)
    guest, was = ada.refresh_token, ada.player.id
    ada.register("merging", "correct horse battery staple")
    before = ada.play(quick_action).new_score

    assert ada.merge(guest).username == "merging"

    assert ada.entry("main").score == before + 10
    assert ada.entry("main", was) is None
    with pytest.raises(RefusedError, match="not_a_guest"):
        ada.merge(ada.refresh_token)


def test_a_board_is_exported_by_anybody_and_a_private_one_by_a_server(stack, ada, quick_action):
    ada.play(quick_action)
    assert stack.call("PUT", "/v1/admin/boards/staff", {"public": False}).status in (200, 201)
    server = Server(stack.url, KEY)

    lines = b"".join(ada.export("main")).splitlines()
    assert lines[0].startswith(b'"rank","player"')
    assert any(ada.player.id.encode() in line for line in lines[1:])
    for _ in range(20):  # more than a process makes at once: each gives back its slot
        assert len(b"".join(server.export("staff")).splitlines()) == 1
    for _ in range(20):
        unfinished = server.export("main")
        assert next(unfinished).startswith(b'"rank"')
        unfinished.close()
    with pytest.raises(RefusedError, match="board_not_found"):
        next(ada.export("staff"))


def test_viewers_see_a_merged_guest_go(stack, ada, quick_action):
    assert stack.call("PUT", "/v1/admin/boards/merged", {}).status in (200, 201)
    type = {"boards": ["merged"], "points": 10, "difficulty": 4}
    assert stack.call("PUT", "/v1/admin/action-types/merged", type).status in (200, 201)
    ada.play("merged")
    guest, was = ada.refresh_token, ada.player.id
    watching = Client(stack.url).watch("merged")
    assert [row.player for row in next(watching).rows] == [was]
    ada.register("watched", "correct horse battery staple")
    ada.merge(guest)

    change = next(watching)
    watching.close()

    assert [(row.player, row.score) for row in change.rows] == [(ada.player.id, 10)]
    assert [row.player for row in change.gone] == [was]
