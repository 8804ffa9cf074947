"""Which process runs which tests, where pytest has several (`-n 4`).

A process gets a file at a time. Tests of one set-up in `tests/attacks`, which start it once, are a group
across files. Two marks say how many processes may be there while a test runs: when all other tests are over,
those marked `paired` run in two, and last those marked `alone` in a single one. Of tests marked `paired`,
those of a database are a group, as they share a deployment. The scheduler sees nothing of a test but its id,
so each mark is a part of the id: `test_this[alone]`.
"""

from __future__ import annotations

import re
from collections import OrderedDict

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from tests.attacks.setups import SETUPS

MAX_PROCESSES = {"paired": 2, "alone": 1}
PHASES = ["", *MAX_PROCESSES]  # in the order of running
DATABASES = ("sqlite", "postgresql")
LONGEST = (
    "flows",
    "browser",
    "firefox",
    "attacks",
    "load",
    "clients",
)  # folders that come first, so that none is left late


def _named(*words: str) -> re.Pattern[str]:
    return re.compile(rf"[\[-]({'|'.join(words)})(?=[]-])")


MARK, SETUP, DATABASE = _named(*MAX_PROCESSES), _named(*SETUPS), _named(*DATABASES)


@pytest.fixture
def mark() -> None:
    """Tests marked `paired` or `alone` have it."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Say in a test's id that it is marked `paired` or `alone`."""
    for name in MAX_PROCESSES:
        if metafunc.definition.get_closest_marker(name):
            metafunc.fixturenames.append("mark")
            metafunc.parametrize("mark", [name], indirect=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> InPhases:
    """Let xdist use the scheduler below."""
    return InPhases(config, log)


def phase(nodeid: str) -> str:
    """Which mark a test has, if any: that decides when it runs."""
    found = MARK.search(nodeid)
    return found[1] if found else ""


def group(nodeid: str) -> str:
    """The tests that a process gets as a whole: their name."""
    when = phase(nodeid)
    if when == "alone":
        return when
    together = (DATABASE if when else SETUP).search(nodeid)
    return f"{when} {together[1] if together else nodeid.partition('::')[0]}".strip()


class InPhases(LoadScopeScheduling):
    """Hands out files and groups by phase. A phase of few processes begins when the others have ended."""

    def __init__(self, config: pytest.Config, log: object = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def remove_node(self, node: WorkerController) -> str | None:
        crashed = super().remove_node(node)
        for other in self.nodes:
            self._reschedule(other)
        return crashed

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)

    def _reschedule(self, node: WorkerController) -> None:
        most = self._most_processes()
        if len(self.nodes) > most:
            # The others wait until this one is gone, with all that it started.
            staying = [other for other in self.nodes if not other.shutting_down]
            if len(staying) > most and node in staying:
                node.shutdown()
        elif node in self.registered_collections:
            super()._reschedule(node)
            if self.workqueue and not node.shutting_down and self._pending_of(self.assigned_work[node]) < 2:
                self._reschedule(node)  # a process begins a test only once it has the next

    def _assign_work_unit(self, node: WorkerController) -> None:
        if len(self.nodes) <= self._most_processes():
            self.workqueue = OrderedDict(sorted(self.workqueue.items(), key=lambda unit: _turn(unit[0])))
            super()._assign_work_unit(node)

    def _most_processes(self) -> int:
        """How many processes there may be for what is next."""
        following = min(map(_phase_of, self.workqueue), default="", key=PHASES.index)
        return MAX_PROCESSES.get(following, len(self.nodes))


def _phase_of(group: str) -> str:
    return group.partition(" ")[0] if group.startswith(tuple(MAX_PROCESSES)) else ""


def _turn(group: str) -> tuple[int, bool]:
    """When a group has its turn: by its phase, and before others where its tests take long."""
    folder = group.removeprefix("tests/").partition("/")[0]
    return PHASES.index(_phase_of(group)), folder not in LONGEST
