"""TLS to PostgreSQL and Redis, as docs/deploy.md says: only the right certificate is accepted."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from scoreboard.core.storage.db import Database, rows
from scoreboard.core.storage.redis import Breaker, RedisAway, connect, connect_patient
from scoreboard.core.storage.unavailable import DatabaseLost
from tests.support import Stack
from tests.tlsfront import Authority, tls_front
from worker.queues import connection


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return Authority.create(tmp_path_factory.mktemp("tls") / "ours")


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    return Authority.create(tmp_path_factory.mktemp("tls") / "others")


@pytest.fixture
def redis_port(redis_server, ours):
    with tls_front(redis_server.removeprefix("unix://"), ours.context("localhost")) as port:
        yield port


@pytest.fixture(scope="module")
def database(postgres):
    yield postgres.create("tls")
    postgres.drop("tls")


@pytest.fixture
def database_port(database, ours):
    folder = parse_qs(urlsplit(database).query)["host"][0]
    with tls_front(f"{folder}/.s.PGSQL.5432", ours.context("localhost")) as port:
        yield port


def database_at(port, authority, host="localhost"):
    return f"postgresql://postgres@{host}:{port}/tls?sslmode=verify-full&sslrootcert={authority.file}"


def redis_at(port, authority, host="localhost"):
    return f"rediss://{host}:{port}/0?ssl_ca_certs={authority.file}"


def test_the_right_certificates_let_in(database_port, redis_port, ours):
    encrypted = Database(database_at(database_port, ours))
    breaker = Breaker()
    redis = connect(redis_at(redis_port, ours), breaker)

    assert encrypted.run(lambda db: rows(db, "SELECT 1")) == [(1,)]
    assert breaker.call(redis.ping)
    assert connect_patient(redis_at(redis_port, ours)).ping()
    assert connection(redis_at(redis_port, ours)).ping()
    encrypted.close()


@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_wrong_certificate_is_a_server_that_is_away(database_port, redis_port, ours, others, wrong):
    trusted, host = (others, "localhost") if wrong == "authority" else (ours, "127.0.0.1")
    redis = connect(redis_at(redis_port, trusted, host), Breaker())

    with pytest.raises(DatabaseLost, match="certificate"):
        Database(database_at(database_port, trusted, host)).run(lambda db: rows(db, "SELECT 1"))
    with pytest.raises(RedisAway, match=r"(?i)certificate"):
        Breaker().call(redis.ping)


def test_the_product_runs_over_tls(database_port, redis_port, ours, tmp_path):
    database = database_at(database_port, ours)
    stack = Stack(
        tmp_path / "data",
        {
            "DATABASE_URL": database,
            "AUDIT_DATABASE_URL": database,
            "REDIS_URL": redis_at(redis_port, ours),
        },
    )
    stack.start()
    entries = {"entries": [{"player": "ada", "score": 7}]}
    report = stack.call("POST", "/v1/boards/main/scores", entries).json["data"]
    ready = stack.call("GET", "/readyz").json
    stack.end()

    assert [one["rank"] for one in report["standings"]] == [1]
    assert ready["checks"]["redis"]["state"] == "ok"
