"""Viewers that note times: a process of its own, which reads event streams as fast as they come.

A frame is recognised by its mark, the score of one player. Each viewer's time of reading it is noted.
"""

from __future__ import annotations

import json
import re
import selectors
import socket
import sys
import time
from array import array

MARK = re.compile(rb'"id":"mark",(?:"n":"mark",)?"s":(\d+)')
OPENED_TOGETHER = 50


def main() -> None:
    """Open `count` streams, print "open", read until standard input ends, and print the times as JSON."""
    port, path, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    selector = selectors.DefaultSelector()
    opened = []
    for number in range(count):
        one = socket.create_connection(("127.0.0.1", port), timeout=30)
        one.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n".encode())
        opened.append(one)
        if number % OPENED_TOGETHER == OPENED_TOGETHER - 1:
            opened[-1].recv(65_536, socket.MSG_PEEK)
    for one in opened:
        one.recv(262_144)
        one.setblocking(False)
        selector.register(one, selectors.EVENT_READ)
    selector.register(sys.stdin, selectors.EVENT_READ)
    print("open", flush=True)
    print(json.dumps(_read(selector)), flush=True)


def _read(selector: selectors.BaseSelector) -> dict[str, object]:
    times: dict[int, array[float]] = {}
    size = 0
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                return {"bytes": size, "marks": {mark: sorted(at) for mark, at in times.items()}}
            data = key.fileobj.recv(262_144)
            now, size = time.monotonic(), size + len(data)
            for mark in MARK.findall(data):
                times.setdefault(int(mark), array("d")).append(now)


if __name__ == "__main__":
    main()
