"""The Python client watches boards of the real product while connections and servers fail."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import threading
import time

import pytest
from scoreboard_client import AwayError, Client, EndedError, RefusedError, Server, stream

from tests.clients import commands
from tests.support import KEY, free_port, running, wait_until
from tests.tcpproxy import TcpProxy

PORTAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 7\r\n\r\nWelcome"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    with running(tmp_path_factory.mktemp("stack"), {"STREAM_HEARTBEAT_SECONDS": "2"}) as stack:
        yield stack


@pytest.fixture
def board(stack):
    """A board of this test's own, with twenty rows, so that a delta is shorter than a snapshot."""
    name = f"board-{len(stack.call('GET', '/v1/boards').json['data'])}"
    assert stack.call("PUT", f"/v1/admin/boards/{name}", {"regions": ["eu"]}).status == 201
    submit(stack, name, *({"player": f"p{number:02}", "score": 100 - number} for number in range(20)))
    return name


@pytest.fixture
def proxy(stack):
    with contextlib.closing(TcpProxy(stack.port)) as proxy:
        yield proxy


@pytest.fixture
def watch(stack, board):
    """A watch of the test's board that has received its rows."""
    with contextlib.closing(Client(stack.url).watch(board)) as watch:
        changes_until(watch, lambda change: change.total == 20)
        yield watch


@contextlib.contextmanager
def watch_through(proxy, board):
    """A watch of a board through a proxy, once it has received its rows."""
    with contextlib.closing(Client(f"http://127.0.0.1:{proxy.port}").watch(board)) as watch:
        changes_until(watch, lambda change: change.total == 20)
        yield watch


def submit(stack, board, *entries):
    """Report scores; repeat it while the server is away."""

    def try_to_send():
        with contextlib.suppress(OSError):
            return stack.call("POST", f"/v1/boards/{board}/scores", {"entries": entries}).status == 200

    entries = [
        {"idempotencyKey": f"{time.monotonic_ns()}-{number}"} | one for number, one in enumerate(entries)
    ]
    wait_until(try_to_send, seconds=30, why=stack.log)


def changes_until(watch, condition):
    """The changes up to the first one that fulfils a condition."""
    seen = []
    for change in watch:
        seen.append(change)
        if condition(change):
            return seen
    raise AssertionError("a watch does not end")


def has(player, score):
    return lambda change: (player, score) in [(row.player, row.score) for row in change.rows]


def api_rows(stack, board):
    entries = stack.call("GET", f"/v1/boards/{board}/entries?limit=100").json["data"]["entries"]
    return [(row["rank"], row["player"]["id"], row["score"]) for row in entries]


def rows(change):
    return [(row.rank, row.player, row.score) for row in change.rows]


def viewers(stack, board):
    processes = stack.call("GET", "/v1/admin/rooms").json["data"]["processes"]
    return sum(room["viewers"] for one in processes for room in one["rooms"] if room["room"] == board)


def test_a_score_appears(stack, board, watch):
    submit(stack, board, {"player": "ada", "displayName": "Ada", "score": 99})

    change = next(watch)

    assert (change.scope, change.why, change.total) == (board, "", 21)
    assert [(row.rank, row.player, row.display_name, row.score) for row in change.came] == [
        (3, "ada", "Ada", 99)
    ]
    assert len(change.moved) == 18
    assert rows(change) == api_rows(stack, board)


def test_rows_have_the_metadata_that_the_board_shows(stack, board):
    show = [{"field": "team", "as": "text"}]
    assert stack.call("PUT", f"/v1/admin/boards/{board}", {"operator": "set", "show": show}).status == 200
    with contextlib.closing(Client(stack.url).watch(board)) as watch:
        changes_until(watch, lambda change: change.total == 20)
        submit(stack, board, {"player": "p00", "score": 100, "metadata": {"team": "Red", "level": 3}})
        changes_until(watch, lambda change: change.rows[0].shown == {"team": "Red"})
        submit(stack, board, {"player": "p00", "score": 100, "metadata": {"team": "Blue"}})
        changes = changes_until(watch, lambda change: change.rows[0].shown == {"team": "Blue"})

    assert changes[-1].why == ""
    assert {row.player for row in changes[-1].rows if row.shown} == {"p00"}


def test_several_boards_and_a_region_are_watched_at_once(stack, board):
    with contextlib.closing(Client(stack.url).watch("main", f"{board}:eu")) as watch:
        first = list(itertools.islice(watch, 2))
        submit(stack, board, {"player": "ada", "score": 7, "region": "eu"})
        change = next(watch)

    assert {one.scope for one in first} == {"main", f"{board}:eu"}
    assert (change.scope, rows(change)) == (f"{board}:eu", [(1, "ada", 7)])


def test_a_region_counts_for_boards_that_name_none(stack, board):
    with contextlib.closing(Client(stack.url).watch(board, region="eu")) as watch:
        assert next(watch).scope == f"{board}:eu"


def test_a_further_period_is_watched(stack):
    assert stack.call("PUT", "/v1/admin/boards/days", {"windows": ["daily"]}).status == 201

    with contextlib.closing(Client(stack.url).watch("days", period="daily")) as watch:
        change = next(watch)

    assert change.scope == "days@daily"
    assert change.period.startswith("20")


def test_nothing_is_missed_while_the_web_process_is_killed(stack, board, watch):
    (victim,) = stack.workers
    os.kill(victim, signal.SIGKILL)
    submit(stack, board, {"player": "ada", "score": 99})
    submit(stack, board, {"player": "bob", "score": 1})

    seen = changes_until(watch, lambda change: has("bob", 1)(change) and has("ada", 99)(change))

    assert {change.why for change in seen} == {""}  # missed frames followed, and no snapshot
    assert {row.player for change in seen for row in change.came} == {"ada", "bob"}
    assert rows(seen[-1]) == api_rows(stack, board)


def test_after_a_restart_only_new_rows_are_changes(stack, board, watch):
    stack.stop()
    stack.start()
    submit(stack, board, {"player": "ada", "score": 99})

    change = next(watch)

    assert [row.player for row in change.came] == ["ada"]
    assert rows(change) == api_rows(stack, board)


def test_nothing_is_missed_when_connections_are_cut(stack, board, proxy):
    with watch_through(proxy, board) as watch:
        seen = []
        for score in range(101, 106):
            proxy.cut()
            submit(stack, board, {"player": f"new{score}", "score": score})
            seen += changes_until(watch, has(f"new{score}", score))

    assert [row.player for change in seen for row in change.came] == [
        f"new{score}" for score in range(101, 106)
    ]
    assert {change.why for change in seen} == {""}


def test_a_silent_connection_is_replaced(stack, board, proxy):
    with watch_through(proxy, board) as watch:
        proxy.mute()
        submit(stack, board, {"player": "ada", "score": 99})
        seen = changes_until(watch, has("ada", 99))

    assert [change.why for change in seen] == [""]


def test_answers_of_captive_portals_are_no_refusals(stack, board, proxy):
    with watch_through(proxy, board) as watch:
        answers = [PORTAL, PORTAL]
        proxy.alter = lambda data: answers.pop() if answers else data
        proxy.cut()
        submit(stack, board, {"player": "ada", "score": 99})
        seen = changes_until(watch, has("ada", 99))

    assert answers == []
    assert [change.why for change in seen] == [""]


def test_a_frame_that_a_proxy_altered_is_replaced_by_a_snapshot(stack, board, proxy):
    with watch_through(proxy, board) as watch:
        changed = []

        def change(data):
            if b"event: delta" in data:
                changed.append(data)
            return data.replace(b'"s":99}', b'"s":98}') if b"event: delta" in data else data

        proxy.alter = change
        submit(stack, board, {"player": "ada", "displayName": "Ada", "score": 99})
        (healed,) = changes_until(watch, lambda change: change.total == 21)

    assert changed
    assert has("ada", 99)(healed)
    assert healed.why == "initial"


def test_behind_a_proxy_that_buffers_streams_the_client_polls(stack, board, proxy, monkeypatch):
    monkeypatch.setattr(stream, "HELLO_SECONDS", 0.5)
    proxy.alter = lambda data: b"" if b"event" in data else data
    client = Client(f"http://127.0.0.1:{proxy.port}")
    ada = client.guest("Ada")
    with contextlib.closing(client), contextlib.closing(client.watch(board)) as watch:
        changes_until(watch, lambda change: change.total == 20)
        submit(stack, board, {"player": ada.id, "score": 99})
        seen = changes_until(watch, lambda change: change.me is not None and change.me.rank == 3)

    assert {change.why for change in seen} == {""}
    assert rows(seen[-1]) == api_rows(stack, board)


def test_a_polling_client_tries_streams_again_later(stack, board, proxy, monkeypatch):
    monkeypatch.setattr(stream, "HELLO_SECONDS", 0.5)
    monkeypatch.setattr(stream, "POLLED_SECONDS", 0.1)
    proxy.alter = lambda data: b"" if b"event" in data else data
    with watch_through(proxy, board) as watch:
        passed = []
        proxy.alter = lambda data: passed.append(data) or data
        for score in itertools.count(1):
            submit(stack, board, {"player": "ada", "score": score, "operator": "set"})
            changes_until(watch, has("ada", score))
            if any(b"event: delta" in data for data in passed):
                break


def test_a_board_that_is_deleted_ends_the_watch(stack, board, watch):
    assert stack.call("DELETE", f"/v1/admin/boards/{board}").status == 204

    with pytest.raises(EndedError) as ended:
        changes_until(watch, lambda change: False)

    assert (ended.value.status, ended.value.code) == (404, "board_gone")


def test_a_missing_board_is_refused(stack):
    with pytest.raises(RefusedError) as refused:
        next(Client(stack.url).watch("nothing"))

    assert (refused.value.status, refused.value.code) == (404, "board_not_found")


def test_too_many_boards_are_refused(stack):
    with pytest.raises(RefusedError) as refused:
        next(Client(stack.url).watch(*(f"b{number}" for number in range(9))))

    assert (refused.value.status, refused.value.code) == (400, "validation_failed")


def test_an_unreachable_server_is_reported_before_the_first_state():
    client = Client(f"http://127.0.0.1:{free_port()}", patience_seconds=0.5)

    with pytest.raises(AwayError, match="can't be reached"):
        next(client.watch("main"))


def test_a_signed_in_player_gets_their_standing(stack, board):
    client = Client(stack.url)
    ada = client.guest("Ada")
    with contextlib.closing(client), contextlib.closing(client.watch(board)) as watch:
        unranked = changes_until(watch, lambda change: change.me is not None)[-1].me
        submit(stack, board, {"player": ada.id, "score": 1})
        ranked = changes_until(watch, lambda change: change.me.rank is not None)[-1].me

    assert (unranked.rank, unranked.score) == (None, None)
    assert (ranked.rank, ranked.score) == (21, 1)


def test_the_watch_continues_with_a_new_ticket_when_the_old_one_is_invalid(stack, board):
    client = Client(stack.url)
    ada = client.guest("Ada")
    with contextlib.closing(client), contextlib.closing(client.watch(board)) as watch:
        changes_until(watch, lambda change: change.total == 20 and change.me is not None)
        commands.run(stack, "players", "make-moderator", ada.id)
        wait_until(lambda: viewers(stack, board) == 0, seconds=20)  # bye 301
        submit(stack, board, {"player": "bob", "score": 99})
        submit(stack, board, {"player": "eve", "score": 98})
        seen = changes_until(watch, has("eve", 98))

    assert {change.why for change in seen} == {""}


def test_a_watch_ends_with_its_session(stack, board):
    client = Client(stack.url)
    client.guest("Ada")
    with contextlib.closing(client), contextlib.closing(client.watch(board)) as watch:
        next(watch)
        client.logout()

        with pytest.raises(EndedError) as ended:
            changes_until(watch, lambda change: False)

    assert ended.value.code == "kicked"


def test_a_private_board_is_watched_with_a_key_only(stack):
    assert stack.call("PUT", "/v1/admin/boards/staff", {"public": False}).status == 201
    submit(stack, "staff", {"player": "ada", "score": 1})

    with contextlib.closing(Server(stack.url, KEY).watch("staff")) as watch:
        changes_until(watch, has("ada", 1))
    with pytest.raises(RefusedError) as refused:
        next(Client(stack.url).watch("staff"))

    assert (refused.value.status, refused.value.code) == (404, "board_not_found")


def test_closing_the_generator_closes_the_stream(stack, board, watch):
    wait_until(lambda: viewers(stack, board) == 1)

    watch.close()

    wait_until(lambda: viewers(stack, board) == 0)
    assert list(watch) == []


def test_leaving_the_loop_closes_the_stream(stack, board):
    for _ in Client(stack.url).watch(board):
        break

    wait_until(lambda: viewers(stack, board) == 0)


@pytest.mark.parametrize("buffered", [False, True], ids=["events", "polls"])
def test_the_player_gets_a_message_about_a_merged_guest(stack, board, proxy, buffered, monkeypatch):
    if buffered:
        monkeypatch.setattr("scoreboard_client.watch.OFTEN_SILENT", 0)  # polls from the beginning
    guest, ada = Client(stack.url), Client(f"http://127.0.0.1:{proxy.port}")
    guest.guest("Guest")
    ada.register(f"ada-{board}", "correct horse battery staple")
    told, opened, seen = [], threading.Event(), threading.Event()

    def on_tell(one):
        told.append(one)
        seen.set()

    def watch():
        for _ in ada.watch(board, on_tell=on_tell):
            opened.set()
            if told:
                return

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    assert opened.wait(20)
    guest_id, token = guest.player.id, guest.refresh_token
    account = Client(stack.url)
    account.login(f"ada-{board}", "correct horse battery staple")
    account.merge(token)
    assert seen.wait(20)
    submit(stack, board, {"player": "p00", "score": 1})
    watching.join(20)

    assert [(one.kind, one.data) for one in told] == [
        ("merged", {"guest": guest_id, "player": ada.player.id})
    ]
