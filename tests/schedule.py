"""Which process runs which tests, where pytest has several (`-n 2`).

A process gets a file at a time. Two sorts of tests form groups across files: those of one set-up in
`tests/attacks`, which start it once, and those marked `alone`, which run last, in a single process. The
scheduler sees nothing of a test but its id, so each mark is a part of the id: `test_this[alone]`.

`make faults` is the exception: its faults last, and the product waits more than it works. There the tests of
each database are a group, whether they are marked `alone` or not. What has no database still runs last.
"""

from __future__ import annotations

import os
import re

import pytest
from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

from tests.attacks.setups import SETUPS

ALONE = "alone"
DATABASES = ("sqlite", "postgresql")
LONG = os.environ.get("FAULTS") == "long"


def _named(*groups: str) -> re.Pattern[str]:
    return re.compile(rf"[\[-]({'|'.join(groups)})(?=[]-])")


GROUP, DATABASE = _named(ALONE, *SETUPS), _named(*DATABASES)


def name_alone(metafunc: pytest.Metafunc) -> None:
    """Say in a test's id that it is marked `alone`."""
    if metafunc.definition.get_closest_marker(ALONE):
        metafunc.fixturenames.append(ALONE)
        metafunc.parametrize(ALONE, [ALONE], indirect=True)


def group(nodeid: str, long: bool = LONG) -> str:
    """What a process gets as a whole: the group of a test if it has one, otherwise its file."""
    if long and (database := DATABASE.search(nodeid)):
        return database[1]
    groups = GROUP.findall(nodeid)
    return ALONE if ALONE in groups else groups[0] if groups else nodeid.partition("::")[0]


class AloneLast(LoadScopeScheduling):
    """Hands out files and groups in the order of collection. The last process gets tests marked `alone`."""

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
        if self._only_alone_is_left() and len(self.nodes) > 1:
            # All but one end. It waits until the others are gone, with all that they started.
            if any(not other.shutting_down for other in self.nodes if other is not node):
                node.shutdown()
        elif node in self.registered_collections:
            super()._reschedule(node)
            if self.workqueue and not node.shutting_down and self._pending_of(self.assigned_work[node]) < 2:
                self._reschedule(node)  # a process begins a test only once it has the next

    def _assign_work_unit(self, node: WorkerController) -> None:
        if not self._only_alone_is_left() or len(self.nodes) == 1:
            super()._assign_work_unit(node)

    def _only_alone_is_left(self) -> bool:
        if ALONE in self.workqueue:
            self.workqueue.move_to_end(ALONE)  # what a process that crashed had is put back behind it
        return list(self.workqueue) == [ALONE]
