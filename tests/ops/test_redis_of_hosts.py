"""Redis of hosting providers: fewer commands, private certificates, and many reasons for refusals."""

from __future__ import annotations

import logging

import pytest

from scoreboard.app import create_app
from scoreboard.core.storage import eviction
from tests.boards.calls import list_entries, submit
from tests.faults.servers import RedisServer
from tests.support import KEY
from tests.tlsfront import Authority, tls_front

pytestmark = pytest.mark.one_database

USER = ("on", ">pw", "~sb:*", "~rq:*", "&rq:*", "+@all", "-@dangerous")  # as docs/deploy.md says


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Redis for this module, which also listens on a socket file."""
    folder = tmp_path_factory.mktemp("hosts")
    server = RedisServer(folder, "--unixsocket", str(folder / "s"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def admin(server):
    """A Redis client with all rights. Its settings are undone at the end."""
    client = server.client()
    client.flushall()
    yield client
    client.execute_command("ACL", "DELUSER", "app")
    client.replicaof("NO", "ONE")
    client.config_set("maxmemory", 0)
    client.config_set("maxmemory-policy", "noeviction")
    client.close()


@pytest.fixture
def client_on(make_parts, database_url):
    """An HTTP client of a deployment with this Redis."""

    def make(url, **settings):
        parts = make_parts(database_url, redis_url=url, **settings)
        client = create_app(parts).test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"
        return client

    return make


def redis_check(client):
    """The check of Redis, as all callers see it."""
    answer = client.get("/readyz", headers={"Authorization": ""})
    assert answer.status_code == 200
    return answer.json["checks"]["redis"]


def test_a_user_without_dangerous_commands_has_ranks_streams_and_names(server, admin, client_on):
    admin.execute_command("ACL", "SETUSER", "app", *USER)
    client = client_on(f"redis://app:pw@127.0.0.1:{server.port}/0")

    report = submit(client, "main", {"player": "ada", "score": 5, "displayName": "Ada"})

    assert report["standings"][0]["rank"] == 1
    assert "degraded" not in report
    assert [row["player"]["displayName"] for row in list_entries(client, "main")["entries"]] == ["Ada"]
    assert redis_check(client) == {"state": "ok"}
    assert admin.zcard("sb:{main/all/}:order") == 1
    # The eviction policy can't be read: it is requested once only.
    assert [(one["object"], one["count"]) for one in admin.acl_log()] == [("info", 1)]


def refuse_scripts(admin):
    admin.execute_command("ACL", "SETUSER", "app", *USER, "-@scripting")


def change_the_password(admin):
    admin.execute_command("ACL", "SETUSER", "app", *USER, "<pw", ">another")


def be_a_replica(admin):
    admin.execute_command("ACL", "SETUSER", "app", *USER)
    admin.replicaof("127.0.0.1", 1)


def be_full(admin):
    admin.execute_command("ACL", "SETUSER", "app", *USER)
    admin.config_set("maxmemory", 1)


@pytest.mark.parametrize(
    ("refuse", "reason"),
    [
        (refuse_scripts, "permission"),
        (change_the_password, "password"),
        (be_a_replica, "read_only"),
        (be_full, "full"),
    ],
)
def test_a_refusal_of_redis_is_reported_by_its_reason_and_scores_count(
    server, admin, client_on, refuse, reason
):
    refuse(admin)
    client = client_on(f"redis://app:pw@127.0.0.1:{server.port}/0")

    report = submit(client, "main", {"player": "ada", "score": 5})

    assert redis_check(client) == {"state": "away", "reason": reason}
    assert redis_check(client) == {"state": "away", "reason": reason}, "also while the breaker is open"
    assert report["degraded"]
    assert [row["rank"] for row in list_entries(client, "main")["entries"]] == [1]


def test_a_node_of_a_cluster_is_reported_as_one(tmp_path, client_on):
    node = RedisServer(tmp_path / "node", "--cluster-enabled", "yes")
    node.start()
    try:
        client = client_on(f"redis://127.0.0.1:{node.port}/0")

        assert redis_check(client) == {"state": "away", "reason": "cluster"}
    finally:
        node.stop()


@pytest.fixture
def authority(tmp_path):
    return Authority.create(tmp_path / "authority")


@pytest.fixture
def tls_url(server, admin, authority):
    """The URL of that Redis over TLS, with a certificate of an unknown authority for another name."""
    with tls_front(str(server.folder / "s"), authority.context("redis.host.example")) as port:
        yield f"rediss://127.0.0.1:{port}/0"


def test_a_certificate_of_an_unknown_authority_is_refused_and_reported(tls_url, client_on):
    client = client_on(tls_url)

    assert redis_check(client) == {"state": "away", "reason": "certificate"}
    assert submit(client, "main", {"player": "ada", "score": 5})["degraded"]


@pytest.mark.parametrize("how", ["setting", "in the URL"])
def test_a_private_certificate_is_accepted_if_the_settings_allow_it(tls_url, client_on, how):
    if how == "setting":
        client = client_on(tls_url, redis_tls_verify="off")
    else:
        client = client_on(f"{tls_url}?ssl_cert_reqs=none")

    assert submit(client, "main", {"player": "ada", "score": 5})["standings"][0]["rank"] == 1
    assert redis_check(client) == {"state": "ok"}


@pytest.mark.parametrize(("name", "state"), [("localhost", "ok"), ("elsewhere.example", "away")])
def test_a_private_authority_is_valid_for_the_names_that_it_signed(
    server, admin, authority, client_on, name, state
):
    with tls_front(str(server.folder / "s"), authority.context(name)) as port:
        client = client_on(f"rediss://localhost:{port}/0", redis_ca_file=str(authority.file))

        assert redis_check(client)["state"] == state


def test_tls_to_a_server_without_it_is_reported(server, admin, client_on):
    client = client_on(f"rediss://127.0.0.1:{server.port}/0")

    assert redis_check(client)["reason"] in ("tls", "unreachable")


def test_an_evicting_policy_is_only_a_warning(server, admin, client_on, caplog, monkeypatch):
    monkeypatch.setattr(eviction, "LOOK_SECONDS", 0)
    admin.config_set("maxmemory-policy", "allkeys-lru")
    with caplog.at_level(logging.WARNING, "scoreboard.core.storage.eviction"):
        client = client_on(f"redis://127.0.0.1:{server.port}/0")

    policies = [record.policy for record in caplog.records if record.name == eviction.__name__]
    assert policies == ["allkeys-lru"]
    assert redis_check(client) == {"state": "ok", "reason": "evicting"}
    admin.config_set("maxmemory-policy", "noeviction")
    assert redis_check(client) == {"state": "ok"}
