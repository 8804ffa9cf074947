"""A window is built beside the one that is shown, while other processes write to both."""

from __future__ import annotations

import pytest

from scoreboard.boards.order import Order
from scoreboard.boards.store.redisview import RedisView
from scoreboard.boards.store.rediswriter import Change
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
