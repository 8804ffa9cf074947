"""Loops: turns, waits, failures and ends."""

from __future__ import annotations

import logging
import threading

import pytest

from scoreboard.core.background import Loop


class Turns:
    """Turns that return or raise one result after another; the last one stops the loop."""

    def __init__(self, *results):
        self.results = list(results)
        self.outages, self.failures = [], []
        self.loop = Loop(
            "counting",
            self.turn,
            expected=(OSError,),
            rest_seconds=0.01,
            on_outage=self.outages.append,
            on_failure=self.failures.append,
        )

    def turn(self):
        result = self.results.pop(0)
        if not self.results:
            self.loop.stop()
        if isinstance(result, Exception):
            raise result
        return result


def run(turns):
    thread = threading.Thread(target=turns.loop.run, daemon=True)
    thread.start()
    thread.join(5)
    assert not thread.is_alive()


def test_a_loop_takes_one_turn_after_another_until_it_is_stopped():
    turns = Turns(0, 0.001, 0)

    run(turns)

    assert turns.results == []


def test_an_outage_is_reported_and_not_logged(caplog):
    away = OSError("away")
    turns = Turns(away, 0)

    run(turns)

    assert turns.outages == turns.failures == [away]
    assert caplog.records == []


def test_an_unexpected_failure_is_logged_and_does_not_end_the_loop(caplog):
    mistake = ValueError("a mistake")
    turns = Turns(mistake, 0)

    with caplog.at_level(logging.ERROR):
        run(turns)

    assert [record.getMessage() for record in caplog.records] == ["counting failed"]
    assert turns.results == []
    assert turns.outages == []
    assert turns.failures == [mistake]


@pytest.mark.parametrize("seconds", [None, 60])
def test_a_waiting_loop_takes_its_next_turn_when_it_is_woken(seconds):
    turns = threading.Semaphore(0)
    loop = Loop("waiting", lambda: turns.release() or seconds, rest_seconds=60)
    thread = threading.Thread(target=loop.run, daemon=True)
    thread.start()
    assert turns.acquire(timeout=5)

    loop.wake()

    assert turns.acquire(timeout=5)
    loop.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_a_wake_during_a_turn_causes_another_turn():
    turns = []

    def turn():
        turns.append(None)
        if len(turns) == 1:
            loop.wake()
        else:
            loop.stop()

    loop = Loop("busy", turn, rest_seconds=60)

    thread = threading.Thread(target=loop.run, daemon=True)
    thread.start()
    thread.join(5)

    assert len(turns) == 2


def test_on_stop_is_called_when_the_loop_takes_no_more_turns():
    calls = []
    loop = Loop("ending", lambda: None, rest_seconds=60, on_stop=lambda: calls.append(loop.stopping))

    loop.stop()
    loop.run()

    assert calls == [True]
