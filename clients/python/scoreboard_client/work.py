"""The proof of work of a completion, and of some sign-ins. Pure."""

from __future__ import annotations

import hashlib
import json
from itertools import count
from typing import Any

from scoreboard_client.types import Action, Proof


def prove(action: Action, *, points: int | None = None, result: str = "") -> Proof:
    """The proof of a claim. Takes about 2^difficulty hashes: a millisecond for 10 bits, a second for 20.

    Raises ValueError if the action needs `points` and they are missing, and if `result` takes more than the
    action's `result_bytes`.
    """
    if action.claimed and points is None:
        raise ValueError(f"{action.type} needs `points` from the range {action.points}")
    size = len(json.dumps(result, ensure_ascii=False).encode()) - 2  # without its quotes
    if size > action.result_bytes:
        raise ValueError(f"result may take {action.result_bytes} bytes as JSON, and takes {size}. Send less.")
    claimed = points if action.claimed else None
    checksum = hashlib.sha256(f"{'' if claimed is None else claimed}|{result}".encode()).hexdigest()
    return Proof(
        solution=solve(action.nonce, checksum, action.difficulty),
        checksum=checksum,
        points=claimed,
        result=result,
    )


def prove_sign_in(puzzle: dict[str, Any], username: str, password: str) -> dict[str, str]:
    """The proof of work for another sign-in, after a refusal with this puzzle."""
    checksum = hashlib.sha256(f"{username}|{password}".encode()).hexdigest()
    solution = solve(puzzle["nonce"], checksum, puzzle["difficulty"])
    return {"nonce": puzzle["nonce"], "solution": solution}


def solve(nonce: str, checksum: str, difficulty: int) -> str:
    """The first number for which SHA-256 of `nonce:checksum:number` begins with so many zero bits."""
    start = hashlib.sha256(f"{nonce}:{checksum}:".encode())
    most = ((1 << (256 - difficulty)) - 1).to_bytes(32, "big")
    for number in count():
        trial = start.copy()  # the same first block is hashed once
        trial.update(b"%d" % number)
        if trial.digest() <= most:  # bytes compare as the numbers that they are
            return str(number)
    raise AssertionError("numbers do not end")
