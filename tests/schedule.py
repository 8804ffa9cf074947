"""Distributes tests to the processes of pytest (`-n 4`).

A process gets a file at a time. Tests of one set-up in `tests/attacks`, which start it once, are a group
across files. Two marks limit the number of processes while a test runs: when all other tests are over,
those marked `paired` run in two, and last those marked `alone` in a single one. Of tests marked `paired`,
those of a database are a group, as they share a deployment. The scheduler sees only the id of a test, so
each mark is a part of the id: `test_this[alone]`.
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
)  # folders that run first, so that no long one begins last


def _pattern(*words: str) -> re.Pattern[str]:
    return re.compile(rf"[\[-]({'|'.join(words)})(?=[]-])")


MARK, SETUP, DATABASE = _pattern(*MAX_PROCESSES), _pattern(*SETUPS), _pattern(*DATABASES)


@pytest.fixture
def mark() -> None:
    """Tests marked `paired` or `alone` have it."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Add the mark `paired` or `alone` to the id of a test."""
    for name in MAX_PROCESSES:
        if metafunc.definition.get_closest_marker(name):
            metafunc.fixturenames.append("mark")
            metafunc.parametrize("mark", [name], indirect=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> PhaseScheduling:
    """Let xdist use the scheduler below."""
    return PhaseScheduling(config, log)


def phase(nodeid: str) -> str:
    """The mark of a test, or "". It decides the phase in which the test runs."""
    match = MARK.search(nodeid)
    return match[1] if match else ""


def group(nodeid: str) -> str:
    """The name of the group that a test belongs to. A process gets a whole group."""
    mark = phase(nodeid)
    if mark == "alone":
        return mark
    shared = (DATABASE if mark else SETUP).search(nodeid)
    return f"{mark} {shared[1] if shared else nodeid.partition('::')[0]}".strip()


class PhaseScheduling(LoadScopeScheduling):
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
            # The others wait until this process and all that it started have ended.
            staying = [other for other in self.nodes if not other.shutting_down]
            if len(staying) > most and node in staying:
                node.shutdown()
        elif node in self.registered_collections:
            super()._reschedule(node)
            if self.workqueue and not node.shutting_down and self._pending_of(self.assigned_work[node]) < 2:
                self._reschedule(node)  # a process begins a test only once it has the next

    def _assign_work_unit(self, node: WorkerController) -> None:
        if len(self.nodes) <= self._most_processes():
            self.workqueue = OrderedDict(sorted(self.workqueue.items(), key=lambda unit: _order(unit[0])))
            super()._assign_work_unit(node)

    def _most_processes(self) -> int:
        """The largest number of processes for the next group."""
        following = min(map(_phase_of, self.workqueue), default="", key=PHASES.index)
        return MAX_PROCESSES.get(following, len(self.nodes))


def _phase_of(group: str) -> str:
    return group.partition(" ")[0] if group.startswith(tuple(MAX_PROCESSES)) else ""


def _order(group: str) -> tuple[int, bool]:
    """The sort key of a group: by its phase, and long folders first."""
    folder = group.removeprefix("tests/").partition("/")[0]
    return PHASES.index(_phase_of(group)), folder not in LONGEST
