"""Audits of the lock files against services of the test's own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from supply.audit import NOT_CHECKED, NPM_LOCKS, PYTHON_LOCK, VULNERABLE
from tests.support import ROOT, free_port


def advisory(name: str, fixed: str) -> dict:
    """An entry as OSV words it."""
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}]
    affected = [{"package": {"name": name, "ecosystem": "PyPI"}, "ranges": ranges}]
    return {"id": "PYSEC-2026-1", "summary": "a hole", "affected": affected, "aliases": []}


@contextmanager
def service(wrong: str | None = None) -> Iterator[str]:
    """An advisory service that knows something against one Python package, or nothing. Its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = (
                json.loads(self.rfile.read(int(self.headers["Content-Length"])) or "{}")
                if self.path == "/osv"
                else {}
            )
            hit = wrong is not None and body.get("package", {}).get("name") == wrong
            answer = json.dumps({"vulns": [advisory(wrong or "", "999")]} if hit else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def audit(url: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "supply.audit", "--osv-url", f"{url}/osv", "--npm-registry", url]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_without_an_answer_of_a_service_one_sentence_says_so():
    done = audit(f"http://127.0.0.1:{free_port()}")

    locks = [PYTHON_LOCK, *(f"{folder}/package-lock.json" for folder in NPM_LOCKS)]
    assert done.returncode == NOT_CHECKED
    assert done.stdout.splitlines() == [f"{lock}: not checked" for lock in locks]
    assert done.stderr == f"NOT CHECKED, because no advisory service answered: {', '.join(locks)}.\n"


@pytest.mark.parametrize("package", ["flask", "honcho", "pytest"])  # one of each lock file
def test_known_vulnerabilities_of_a_package_are_named(node, package):
    with service(wrong=package) as url:
        done = audit(url)

    assert done.returncode == VULNERABLE, done.stderr
    line = rf"^requirements: {package} [\d.]+: PYSEC-2026-1, fixed in 999$"
    assert re.search(line, done.stdout, re.MULTILINE)


def test_without_known_vulnerabilities_a_line_says_so(node):
    with service() as url:
        done = audit(url)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("no known vulnerability") == 3


def test_the_clients_need_no_packages():
    assert "dependencies = []" in (ROOT / "clients/python/pyproject.toml").read_text()
    assert "dependencies" not in json.loads((ROOT / "clients/javascript/package.json").read_text())
