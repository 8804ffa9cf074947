"""Plays a round by the client of openapi-python-client. Prints the results as JSON."""

from __future__ import annotations

import hashlib
import json
import sys
from itertools import count

from scoreboard_client import AuthenticatedClient, Client
from scoreboard_client.api.accounts import create_guest
from scoreboard_client.api.actions import complete_action, request_action
from scoreboard_client.api.boards import list_entries, show_board
from scoreboard_client.models import (
    ActionRequest,
    CompleteActionResponse200,
    Completion,
    CreateGuestResponse201,
    Guest,
    ListEntriesResponse200,
    Proof,
    RequestActionResponse200,
    ShowBoardResponse404,
)


def prove(nonce: str, difficulty: int, points: int) -> Proof:
    """The proof of work for an action, as docs/api.md describes it."""
    checksum = hashlib.sha256(f"{points}|".encode()).hexdigest()
    for number in count():
        digest = hashlib.sha256(f"{nonce}:{checksum}:{number}".encode()).digest()
        if int.from_bytes(digest, "big") >> (256 - difficulty) == 0:
            return Proof(solution=str(number), checksum=checksum, points=points)
    raise AssertionError


def main(url: str, board: str, action: str) -> None:
    """Play one round."""
    anyone = Client(base_url=url)
    guest = create_guest.sync(client=anyone, body=Guest(display_name="Eve"))
    assert isinstance(guest, CreateGuestResponse201)
    player = AuthenticatedClient(base_url=url, token=guest.data.access_token)
    requested = request_action.sync(client=player, body=ActionRequest(action_type=action))
    assert isinstance(requested, RequestActionResponse200)
    challenge = requested.data.challenge
    body = Completion(
        action_token=requested.data.action_token, proof=prove(challenge.nonce, challenge.difficulty, 7)
    )
    done = complete_action.sync(client=player, body=body)
    assert isinstance(done, CompleteActionResponse200)
    listed = list_entries.sync(board, client=player)
    assert isinstance(listed, ListEntriesResponse200)
    scores = [entry.score for entry in listed.data.entries if entry.player.id == guest.data.player.id]
    missing = show_board.sync("none", client=player)
    assert isinstance(missing, ShowBoardResponse404)
    print(json.dumps({"score": done.data.new_score, "entries": scores, "code": missing.code}))


main(*sys.argv[1:])
