"""The distribution of tests to processes: pytest with our scheduler, in a folder of small tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.schedule import group
from tests.support import ROOT

CONFTEST = """
import time
import pytest
from tests.schedule import mark, pytest_generate_tests, pytest_xdist_make_scheduler

def note(what, worker_id):
    with open("log", "a") as log:
        log.write(f"{what} {worker_id}\\n")

@pytest.fixture(scope="session", autouse=True)
def session(worker_id):
    yield
    time.sleep(0.3)  # as ending the servers of a session takes time
    note("end", worker_id)

@pytest.fixture(autouse=True)
def note_test(session, request, worker_id):
    note(request.node.name, worker_id)
"""
FEW = """
import pytest
def test_one(): pass
@pytest.mark.alone
def test_few_alone(): pass
"""
PAIRED = """
import time
import pytest
@pytest.mark.paired
@pytest.mark.parametrize("number", range(3))
def test_pair_{name}(number): time.sleep(0.2)
"""
MANY = """
import os, time
import pytest
@pytest.mark.parametrize("number", range(4))
def test_many(number): time.sleep(0.2)
@pytest.mark.alone
@pytest.mark.parametrize("number", range(2))
def test_many_alone(number): pass
"""
BROKEN = """
import os
import pytest
def test_crash():
    if not os.path.exists("crashed"):
        open("crashed", "w").close()
        os._exit(1)
@pytest.mark.alone
def test_crash_alone():
    if not os.path.exists("crashed alone"):
        open("crashed alone", "w").close()
        os._exit(1)
"""


@pytest.fixture
def run(tmp_path: Path):
    """Runs test files in processes. Returns pytest's exit status, and pairs of a test and its process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }  # others take long to import

    def run(processes=2, **files):
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_text(text, "utf-8")
        options = ["-p", "xdist.plugin", "-p", "no:cacheprovider", "-n", str(processes)]
        command = [sys.executable, "-W", "ignore", "-m", "pytest", *options, "."]
        done = subprocess.run(
            command,
            check=False,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        print(done.stdout, done.stderr)
        return done.returncode, [tuple(line.split()) for line in (tmp_path / "log").read_text().splitlines()]

    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n alone: as in ours\n paired: as in ours\n")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    return run


@pytest.mark.parametrize(
    ("nodeid", "name"),
    [
        ("tests/a/test_b.py::test_c", "tests/a/test_b.py"),
        ("tests/a/test_b.py::TestC::test_d[alone at home]", "tests/a/test_b.py"),
        ("tests/a/test_b.py::test_c[alone]", "alone"),
        ("tests/a/test_b.py::test_c[sqlite-alone-1]", "alone"),
        ("tests/a/test_b.py::test_c[paired]", "paired tests/a/test_b.py"),
        ("tests/a/test_b.py::test_c[sqlite-paired-1]", "paired sqlite"),
        ("tests/a/test_b.py::test_c[paired-postgresql]", "paired postgresql"),
        ("tests/attacks/test_b.py::test_c[postgresql-2-fast]", "postgresql-2-fast"),
        ("tests/attacks/test_b.py::test_c[postgresql-2-fast-1]", "postgresql-2-fast"),
        ("tests/attacks/test_b.py::test_c[alone-postgresql-2-fast-1]", "alone"),
        ("tests/attacks/test_b.py::test_c[postgresql-2-fast-alone-1]", "alone"),
    ],
    ids=range(11),  # their words would be taken for groups of these tests
)
def test_a_test_runs_with_its_file_or_its_group(nodeid, name):
    assert group(nodeid) == name


def test_tests_marked_alone_run_after_all_others(run):
    status, notes = run(test_few=FEW, test_many=MANY)

    assert status == 0
    names = [name for name, _ in notes]
    assert sorted(names[:6]) == ["end", *(f"test_many[{number}]" for number in range(4)), "test_one"]
    assert names[6:] == ["test_few_alone[alone]", *(f"test_many_alone[alone-{n}]" for n in range(2)), "end"]
    assert len({process for _, process in notes[6:]}) == 1
    assert len({process for name, process in notes if name.startswith("test_many[")}) == 1


def test_tests_marked_paired_run_in_two_processes_after_the_others_and_before_those_marked_alone(run):
    files = {f"test_{name}": PAIRED.format(name=name) for name in ("one", "two", "three")}
    status, notes = run(4, test_few=FEW, test_many=MANY, **files)

    assert status == 0
    names = [name for name, _ in notes]
    pairs = [index for index, name in enumerate(names) if name.startswith("test_pair")]
    alone = [index for index, name in enumerate(names) if "alone" in name]
    assert (len(pairs), len(alone)) == (9, 3)
    assert len({notes[index][1] for index in pairs}) == 2
    assert names[: min(pairs)].count("end") == 2, "two of four processes are gone"
    assert max(pairs) < min(alone)
    assert names[: min(alone)].count("end") == 3


@pytest.mark.parametrize("files", [{"test_few": FEW}, {"test_few": FEW.replace("@pytest.mark.alone", "")}])
def test_all_tests_may_be_of_one_phase(run, files):
    status, notes = run(**files)

    assert status == 0
    assert len([name for name, _ in notes if name.startswith("test_")]) == 2


def test_a_process_that_crashes_fails_one_test_and_the_others_run(run):
    status, notes = run(test_broken=BROKEN, test_few=FEW, test_many=MANY)

    assert status == 1
    names = [name for name, _ in notes if name != "end"]
    rest = {"test_one", *(f"test_many[{number}]" for number in range(4))}
    last = {"test_few_alone[alone]", *(f"test_many_alone[alone-{number}]" for number in range(2))}
    assert {name for name in names if not name.startswith("test_crash")} == rest | last
    assert max(map(names.index, rest)) < min(map(names.index, last))
