"""The Python client in docs/stream.md follows a board."""

from __future__ import annotations

import subprocess
import sys

from tests.docs import pages
from tests.support import ROOT

CALL = """
for board, rows in follow({url!r}, "main"):
    print(board, [(row["id"], row["s"]) for row in rows], flush=True)
"""


def submit(stack, player, score):
    body = {"entries": [{"player": player, "score": score}]}
    assert stack.call("POST", "/v1/boards/main/scores", body).status == 200


def prints(process, line):
    """True if the client prints this line, perhaps after lines of earlier states."""
    return any(one.strip() == line for one in iter(process.stdout.readline, ""))


def test_the_python_client_sees_each_change(stack):
    (client,) = (block for _, block in pages.blocks(pages.text("docs/stream.md"), "python"))
    with subprocess.Popen(
        [sys.executable, "-c", client + CALL.format(url=stack.url)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            submit(stack, "ada", 10)
            assert prints(process, "main [('ada', 10)]")
            submit(stack, "bob", 12)
            assert prints(process, "main [('bob', 12), ('ada', 10)]")
        finally:
            process.kill()
