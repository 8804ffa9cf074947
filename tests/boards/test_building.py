"""A window is built beside the one that is shown, while other processes write to both."""

from __future__ import annotations

import pytest

from scoreboard.boards.order import Order
from scoreboard.boards.store.plainfill import PlainFill
from scoreboard.boards.store.redisview import RedisView
from scoreboard.boards.store.rediswriter import Change
from scoreboard.boards.store.windowkeys import built_keys, values
from scoreboard.boards.types import Definition, Standing, Window
from scoreboard.boards.views import Listed, Located
from scoreboard.core.storage.redis import Breaker

WINDOW = Window("main", "all", "")


@pytest.fixture
def view(redis):
    return RedisView(redis, Breaker(), 0)


def standing(player, score, version, metadata=""):
    return Standing(
        player=player,
        score=score,
        columns=(),
        reached_at=1000 + version,
        reached_by=version,
        version=version,
        metadata=metadata,
    )


def write(view, order, *standings):
    """Write standings as a web process does while a window is being built."""
    view.writer.put(Change(order, WINDOW, standings, version=9, entries=-1))


def ranks(view, order):
    answer = view.ask(WINDOW, order, Listed(0, 10))
    return {place.player: (order.rank(place), order.read(place.key)[0]) for place in answer.places}


@pytest.mark.parametrize("ties", ["ordinal", "competition", "dense"])
def test_standings_written_during_the_build_stay_and_older_ones_are_replaced(view, redis, ties):
    order = Order(Definition(ties=ties), layout=1)
    view.builder.begin(WINDOW, "mine", 1)
    write(view, order, standing("ada", 50, version=8), standing("bob", 1, version=2))

    page = [
        standing("ada", 10, version=5),
        standing("bob", 50, version=7),
        standing("cyd", 20, version=6, metadata="{}"),
    ]
    assert view.builder.fill(WINDOW, "mine", order, 8, page)
    assert view.builder.finish(WINDOW, "mine", order, 8)

    first = {"ordinal": (1, 2, 3), "competition": (1, 1, 3), "dense": (1, 1, 2)}[ties]
    bob, ada, cyd = first
    assert ranks(view, order) == {"bob": (bob, 50), "ada": (ada, 50), "cyd": (cyd, 20)}
    assert redis.zcard("sb:{main/all/}:tiers") == (2 if ties == "dense" else 0)
    assert redis.hgetall("sb:{main/all/}:metadata") == {"cyd": "{}"}


@pytest.mark.parametrize("ties", ["ordinal", "dense"])
def test_pages_longer_than_one_command_allows_are_written_completely(view, redis, ties):
    order = Order(Definition(ties=ties), layout=1)
    everybody = [
        standing(f"p{n:04}", n % 7, version=n + 1, metadata='{"n":1}' * (n % 2)) for n in range(2500)
    ]
    view.builder.begin(WINDOW, "mine", 1)

    assert view.builder.fill(WINDOW, "mine", order, 2500, everybody)
    assert view.builder.finish(WINDOW, "mine", order, 2500)

    answer = view.ask(WINDOW, order, Located(("p0006", "p0000")))
    best, worst = sorted(answer.places, key=lambda place: place.position)
    assert answer.total == 2500
    assert (best.player, order.rank(best)) == ("p0006", 1)
    assert (worst.player, order.rank(worst)) == ("p0000", 7 if ties == "dense" else 2143)
    assert redis.hlen("sb:{main/all/}:metadata") == 1250


def test_the_later_builder_wins(view):
    order = Order(Definition(), layout=1)
    view.builder.begin(WINDOW, "mine", 1)
    view.builder.begin(WINDOW, "another's", 1)

    assert not view.builder.fill(WINDOW, "mine", order, 1, [standing("ada", 10, version=1)])
    assert not view.builder.finish(WINDOW, "mine", order, 1)
    assert view.builder.finish(WINDOW, "another's", order, 1)
    assert view.ask(WINDOW, order, Listed(0, 10)).total == 0


@pytest.mark.parametrize("ties", ["ordinal", "dense"])
def test_a_player_removed_while_a_window_is_built_does_not_come_back_with_it(view, ties):
    order = Order(Definition(ties=ties), 1)
    ada, bob = standing("ada", 5, version=2), standing("bob", 7, version=3)
    view.builder.begin(WINDOW, "mine", 1)
    view.writer.put(
        Change(order, WINDOW, [], version=4, entries=-1, gone={"bob": 4})
    )  # merged during the build

    view.builder.fill(WINDOW, "mine", order, 3, [ada, bob])  # read before that
    view.writer.put(Change(order, WINDOW, [bob], version=3, entries=-1))  # shown late

    assert view.builder.finish(WINDOW, "mine", order, 3)
    assert [place.player for place in view.ask(WINDOW, order, Listed(0, 9)).places] == ["ada"]
    assert view.ask(WINDOW, order, Located(("ada",))).places[0].tiers == 0


def script_fill(view, order, page, window):
    """Fill by the script alone, as it is done for players that the window holds already."""
    args = ["mine", order.ties, order.tier_width, 2500, *values(order, page)]
    assert view.builder._link.call("fill_building", built_keys(window), args)


def content(redis, window):
    """Everything that Redis holds of a window that is being built."""
    order, members, tiers, sizes, metadata, state = built_keys(window)
    return {
        "order": redis.zrange(order, 0, -1, withscores=True),
        "tiers": redis.zrange(tiers, 0, -1, withscores=True),
        **{name: redis.hgetall(name) for name in (members, sizes, metadata, state)},
    }


@pytest.mark.parametrize("ties", ["ordinal", "dense"])
def test_plain_commands_and_the_script_fill_a_window_alike(view, redis, ties):
    order, pages = Order(Definition(ties=ties), layout=1), []
    for first in (0, 500):
        numbers = range(first, first + 500)
        pages.append([standing(f"p{n}", n % 70, n + 1, metadata="{}" * (n % 3 == 0)) for n in numbers])
    found = []
    for fill in (view.builder.fill, None):
        view.builder.begin(WINDOW, "mine", 1)
        before = redis.info("commandstats").get("cmdstat_exec", {"calls": 0})["calls"]
        for page in pages:
            if fill is None:
                script_fill(view, order, page, WINDOW)
            else:
                assert fill(WINDOW, "mine", order, 2500, page)
        transactions = redis.info("commandstats").get("cmdstat_exec", {"calls": 0})["calls"] - before
        assert transactions == (0 if fill is None else len(pages))
        found.append(content(redis, WINDOW))

    assert found[0] == found[1]
    assert view.builder.finish(WINDOW, "mine", order, 2500)


def test_a_page_is_not_filled_by_plain_commands_if_anything_changed_since_it_was_checked(view, redis):
    order, link = Order(Definition(), layout=1), view.builder._link
    ada, bob = standing("ada", 5, version=2), standing("bob", 7, version=3)
    view.builder.begin(WINDOW, "mine", 1)
    page = PlainFill(keys=built_keys(WINDOW), token="mine", order=order, version=3, standings=[ada, bob])

    def write_late(pipeline, answer):
        write(view, order, standing("ada", 50, version=8))
        page.queue(pipeline, answer)

    assert view.builder.fill(WINDOW, "mine", order, 1, [standing("cyd", 1, version=1)])  # loads the scripts
    assert not link.write_unchanged("check_building", page.keys, page.question(), write_late)
    assert view.builder.fill(WINDOW, "mine", order, 3, [ada, bob])
    assert view.builder.finish(WINDOW, "mine", order, 3)

    assert ranks(view, order) == {"ada": (1, 50), "bob": (2, 7), "cyd": (3, 1)}


@pytest.mark.parametrize("ties", ["ordinal", "dense"])
def test_a_player_who_comes_twice_has_the_newest_standing(view, ties):
    order = Order(Definition(ties=ties), layout=1)
    view.builder.begin(WINDOW, "mine", 1)

    assert view.builder.fill(
        WINDOW, "mine", order, 1, [standing("ada", 9, version=1), standing("bob", 9, version=2)]
    )
    assert view.builder.fill(
        WINDOW, "mine", order, 3, [standing("ada", 3, version=3), standing("cyd", 3, version=4)]
    )
    assert view.builder.finish(WINDOW, "mine", order, 4)

    assert ranks(view, order) == {"bob": (1, 9), "ada": (2, 3), "cyd": (3 if ties == "ordinal" else 2, 3)}
