"""Invented Host headers: no QR code has them, and nothing fails."""

from __future__ import annotations

import http.client

import pytest

LONG = [".".join(["a" * 60] * labels) for labels in (5, 16, 37, 60, 120)]
ODD = ["a" * 64, "..", "a b", "a/b", "[", "m\xfcnchen.example", "a:b", "<script>"]
PATHS = ["/b/main/qr.svg", "/oembed?url=http://localhost/b/main", "/", "/v1/boards", "/nothing"]


def status(server, path, host, address="192.0.2.1"):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=15)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host.encode("latin-1"))
    connection.putheader("X-Forwarded-For", address)
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.mark.parametrize("path", PATHS)
def test_an_invalid_host_is_refused(server, path):
    assert {host[:40]: status(server, path, host) for host in (*LONG, *ODD)} == {
        host[:40]: 400 for host in (*LONG, *ODD)
    }


def test_a_valid_host_is_answered(server):
    assert status(server, "/b/main/qr.svg", f"127.0.0.1:{server.port}") == 200
    assert status(server, "/b/main/qr.svg", "board.example") == 200


def test_few_codes_are_drawn_for_one_address(server):
    statuses = [status(server, "/b/main/qr.svg", f"h{n}.example", "198.51.100.9") for n in range(130)]

    assert set(statuses) == {200, 429}
    assert status(server, "/b/main/qr.svg", "board.example", "198.51.100.10") == 200
