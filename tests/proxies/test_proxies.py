"""What goes through each proxy of docs/deploy.md, configured as that page says."""

from __future__ import annotations

import http.client

import msgspec
import pytest

from tests.proxies.proxies import KINDS, proxy
from tests.sockets import Raw, close_all, upgrade
from tests.support import KEY, running, submit

pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """A server that trusts one proxy, for all of them."""
    with running(tmp_path_factory.mktemp("proxied") / "data", {"TRUSTED_PROXY_HOPS": "1"}) as stack:
        yield stack


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def front(request, stack, tmp_path_factory):
    """The port of each proxy in front of it."""
    submit(stack, "main", {"player": "ada", "score": 1})
    with proxy(request.param, tmp_path_factory.mktemp(request.param.program), stack.port) as port:
        yield port


@pytest.fixture(autouse=True)
def closed():
    yield
    close_all()


def call(port, method, path, body=None, *, source="127.0.0.1", **headers):
    """What a client at this address of this machine gets through a proxy."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15, source_address=(source, 0))
    sent = {"Accept-Encoding": "gzip", "Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, None if body is None else msgspec.json.encode(body), sent)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer, text


def test_a_stream_begins_at_once_and_goes_on_as_things_happen(front, stack):
    viewer = Raw(front).send("/v1/stream?boards=main", Accept_Encoding="gzip, zstd, deflate")
    viewer.until(b"event: snapshot")

    submit(stack, "main", {"player": "ada", "score": 1})

    got = viewer.until(b"event: delta")
    assert got.startswith(b"HTTP/1.1 200")
    assert b"gzip" not in got


def test_a_websocket_goes_through(front, stack):
    viewer = upgrade(front, "/v1/ws?boards=main")
    viewer.until(b'"t":"snapshot"')

    submit(stack, "main", {"player": "ada", "score": 1})

    assert b"101 Switching Protocols" in viewer.until(b'"t":"delta"')


def test_a_write_counts_once_however_often_it_is_sent(front):
    sent = {"Authorization": f"Bearer {KEY}", "Idempotency_Key": f"once-{front}"}
    body = {"entries": [{"player": f"p{front}", "score": 3}]}

    answers = [call(front, "POST", "/v1/boards/main/scores", body, **sent)[0] for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert [answer.getheader("Idempotency-Replayed") for answer in answers] == [None, "true"]
    standing = msgspec.json.decode(
        call(front, "GET", f"/v1/boards/main/entries/p{front}", Accept_Encoding="")[1]
    )
    assert standing["data"]["score"] == 3


def test_what_a_client_has_already_is_not_sent_again(front):
    path = "/v1/boards/main/entries"
    first, _ = call(front, "GET", path)

    again, text = call(front, "GET", path, If_None_Match=first.getheader("ETag"))

    assert (first.status, again.status, text) == (200, 304, b"")


def test_callers_have_their_own_addresses_whatever_they_claim(front):
    def left(source, **headers):
        answer, _ = call(front, "POST", "/v1/auth/guest", {}, source=source, **headers)
        assert answer.status == 201
        return int(answer.getheader("RateLimit").partition("r=")[2].partition(";")[0])

    one, other = (f"127.{front >> 8}.{front & 255}.{number}" for number in (1, 2))  # which nobody else has

    assert left(one, X_Forwarded_For="192.0.2.1") == left(other) == 599
    assert left(one, X_Forwarded_For="192.0.2.2") == 598


def test_links_keep_the_port_and_the_scheme(front):
    _, text = call(front, "GET", "/v1/boards/none", Accept_Encoding="", X_Forwarded_Proto="ftp")

    assert msgspec.json.decode(text)["type"] == f"http://127.0.0.1:{front}/problems/board-not-found"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_each_health_check_asks_the_server(front, path):
    """A cache that answered for it would say that a server is well which is gone."""
    answers = [call(front, "GET", path)[0] for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert len({answer.getheader("X-Request-Id") for answer in answers}) == 2
