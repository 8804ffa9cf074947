"""Play on a Scoreboard server, and read its boards.

    client = Client("http://127.0.0.1:8000")
    client.guest("Ada")
    receipt = client.play("play-round", points=7)
    print(receipt.new_score, receipt.rank)
    for change in client.watch("main"):
        print(change.rows[:3])

Without dependencies, and safe to share between threads.
"""

from scoreboard_client.changes import Change, Me, Row, Told
from scoreboard_client.client import Client
from scoreboard_client.errors import AwayError, EndedError, RefusedError, ScoreboardError
from scoreboard_client.profiles import BoardResults, PeriodResult, Profile
from scoreboard_client.server import Server
from scoreboard_client.types import (
    Action,
    Entry,
    Listing,
    OpenSession,
    Placed,
    Player,
    Proof,
    Receipt,
    Report,
)
from scoreboard_client.work import prove

__all__ = [
    "Action",
    "AwayError",
    "BoardResults",
    "Change",
    "Client",
    "EndedError",
    "Entry",
    "Listing",
    "Me",
    "OpenSession",
    "PeriodResult",
    "Placed",
    "Player",
    "Profile",
    "Proof",
    "Receipt",
    "RefusedError",
    "Report",
    "Row",
    "ScoreboardError",
    "Server",
    "Told",
    "prove",
]
