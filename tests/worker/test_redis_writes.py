"""An attacker can write to Redis: the worker runs none of their code, and continues."""

from __future__ import annotations

import pickle
import select
import socket
import zlib
from pathlib import Path

import msgspec
import pytest

from tests.worker.conftest import OURS, QUEUE, TRAP, job_data


class Pickled:
    """An object that creates a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return __import__("os").mkdir, (self.path,)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        (TRAP, ()),
        ("os._exit", (1,)),
        ("worker.jobs.followers.catch_up", ("nobody",)),
        ("worker.jobs.accounts.parts", ()),
        (OURS, ("more",)),
        ("", ()),
        (None, ()),
        ({"a": 1}, ()),
        ("x" * 100_000, ()),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_call_that_is_not_on_the_list_is_refused(chores, name, args):
    id = chores.push(data=job_data(name, *args))

    chores.settle()

    assert not chores.redis.exists(f"rq:job:{id}"), "a job that ran and failed would be kept"


def test_a_foreign_call_with_json_arguments_is_refused(chores):
    chores.push(data=job_data("os.mkdir", str(chores.trap)))


def test_a_method_of_an_instance_is_refused(chores):
    id = chores.push(data=job_data("format", instance="{0.__class__}"))

    chores.settle()

    assert not chores.redis.exists(f"rq:job:{id}")


@pytest.mark.parametrize(
    "data",
    [
        zlib.compress(f'["{OURS}",null,[],{{}}]'.encode()),
        zlib.compress(f'["{OURS}", null, [], {{"name": 1}}]'.encode()),
        zlib.compress(f'["{OURS}", null, []]'.encode()),
        f'["{OURS}", null, [], {{}}]'.encode(),
        job_data(OURS)[:-4],
        b"",
    ],
)
def test_a_call_in_another_spelling_is_refused(chores, data):
    id = chores.push(data=data)

    chores.settle()

    assert not chores.redis.exists(f"rq:job:{id}")


@pytest.mark.parametrize("field", ["data", "meta", "result", "exc_info"])
def test_nothing_is_unpickled(chores, field):
    pickled = pickle.dumps(Pickled(chores.trap))
    fields = {"data": job_data(OURS)} | {field: pickled}
    id = chores.push(**fields)
    chores.redis.xadd(f"rq:results:{id}", {"type": "1", "return_value": pickled})


@pytest.mark.parametrize("event", ["success", "failure", "stopped"])
def test_no_callback_is_called(chores, event):
    chores.push(data=job_data(OURS), **{f"{event}_callback_name": TRAP, f"{event}_callback_timeout": "60"})
    chores.push(data=job_data("nothing.there"), **{f"{event}_callback_name": TRAP})


def test_no_webhook_is_sent(chores):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        for status, name in (("finished", OURS), ("failed", "nothing.there")):
            webhook = {"url": url, "job_status": status, "headers": {}, "timeout": 5}
            chores.push(data=job_data(name), webhooks=msgspec.json.encode([webhook]))
        chores.settle()

        assert select.select([listener], [], [], 0)[0] == []


def test_a_foreign_job_that_depends_on_ours_is_not_started(chores):
    foreign = chores.write(data=job_data(TRAP), status="deferred")
    waiting = chores.write(data=job_data(OURS))
    chores.redis.sadd(f"rq:job:{waiting}:dependents", foreign, b"\xff\xfe")
    chores.redis.sadd(f"rq:job::{foreign}:dependencies", waiting)
    chores.redis.rpush(QUEUE, waiting)

    chores.settle()

    assert not chores.redis.exists(f"rq:job:{waiting}")
    assert chores.redis.llen(QUEUE) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"repeats_left": "1000000", "repeat_intervals": "[0]"},
        {"retries_left": "1000000", "retry_intervals": "[0]"},
        {"rate_limit_key": "k", "rate_limit_concurrency": "1"},
        {"group_id": "g"},
        {"timeout": "-1", "result_ttl": "-1", "failure_ttl": "-1", "ttl": "-1"},
        {"timeout": "x", "created_at": "x", "dependency_ids": "x", "success_callback_timeout": "x"},
        {"origin": "elsewhere", "status": "x", "description": b"\xff"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_our_own_job_runs_once_with_any_other_fields(chores, fields):
    id = chores.push(data=job_data(OURS), **fields)

    chores.settle()

    assert not chores.redis.exists(f"rq:job:{id}")
    assert chores.redis.llen(QUEUE) == 0


@pytest.mark.parametrize("id", [b"", b"\xff\xfe", b"a b", b"a:b:c", b"../x", b"x" * 1_000_000])
def test_invalid_ids_are_dropped(chores, id):
    chores.redis.rpush(QUEUE, id)

    chores.settle()

    assert chores.redis.llen(QUEUE) == 0


def test_a_job_that_is_not_a_hash_is_dropped(chores):
    chores.redis.set("rq:job:text", "x")
    chores.redis.hset("rq:job:bare", "status", "queued")
    chores.redis.rpush(QUEUE, "text", "bare", "gone")

    chores.settle()

    assert not chores.redis.exists("rq:job:text", "rq:job:bare")


def test_data_that_is_large_or_unpacks_to_large_data_is_refused(chores):
    peak_before = peak(chores.process.pid)
    chores.push(data=zlib.compress(bytes(300 << 20)))
    chores.push(data=b"[" * (100 << 20))
    chores.push(data=job_data(OURS), status="x" * (100 << 20))

    chores.settle()

    assert peak(chores.process.pid) - peak_before < 50 << 20


def peak(pid: int) -> int:
    """The most memory that a process has had, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def test_a_worker_cannot_be_suspended(chores):
    chores.redis.set("rq:suspended", 1)

    chores.settle()
