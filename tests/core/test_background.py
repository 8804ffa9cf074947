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
        self.failures = []
        self.loop = Loop(
            "counting",
            self.turn,
            expected=(OSError,),
            rest_seconds=0.01,
            failed=self.failures.append,
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


def test_an_expected_failure_is_told_and_not_logged(caplog):
    away = OSError("away")
    turns = Turns(away, 0)

    run(turns)

    assert turns.failures == [away]
    assert caplog.records == []


def test_an_unexpected_failure_is_logged_and_does_not_end_the_loop(caplog):
    turns = Turns(ValueError("a mistake"), 0)

    with caplog.at_level(logging.ERROR):
        run(turns)

    assert [record.getMessage() for record in caplog.records] == ["counting failed"]
    assert turns.results == []


@pytest.mark.parametrize("seconds", [None, 60])
def test_a_waiting_loop_takes_its_next_turn_when_it_is_woken(seconds):
    taken = threading.Semaphore(0)
    loop = Loop("waiting", lambda: taken.release() or seconds, rest_seconds=60)
    thread = threading.Thread(target=loop.run, daemon=True)
    thread.start()
    assert taken.acquire(timeout=5)

    loop.wake()

    assert taken.acquire(timeout=5)
    loop.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_news_during_a_turn_has_another_turn():
    taken = []

    def turn():
        taken.append(None)
        if len(taken) == 1:
            loop.wake()
        else:
            loop.stop()

    loop = Loop("busy", turn, rest_seconds=60)

    thread = threading.Thread(target=loop.run, daemon=True)
    thread.start()
    thread.join(5)

    assert len(taken) == 2


def test_stopping_says_so_once_the_loop_takes_no_more_turns():
    said = []
    loop = Loop("ending", lambda: None, rest_seconds=60, stopped=lambda: said.append(loop.stopping))

    loop.stop()
    loop.run()

    assert said == [True]
