"""What schemathesis can't make up by itself: values that only the product makes, and work that is done."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from secrets import token_hex
from typing import Any
from urllib.parse import quote

import requests
import schemathesis
from schemathesis import Case, GenerationMode, HookContext

from scoreboard.actions.rules import nonce
from tests.actions.play import proof

KEPT = ("main", "cup")  # other calls need them
PLAYED = "played"
LINKED = "by-a-link"  # names such calls in the server's log
LONGEST = 1500  # bytes of a parameter: more than any may have
HARDEST = 4  # bits: what is played asks for 2, and for 2 more at most while the server is busy
REAL = re.compile(r"^sb1\.[^.]+\.[A-Za-z0-9_-]{60,}\Z")
CHANGING = ("defineBoard", "deleteBoard", "defineActionType", "deleteActionType")
ENDING = ("upgradeGuest", "endSession")  # the session that they are called with
STATE = {"playable": False}
SESSION = requests.Session()
KEY = {"Authorization": f"Bearer {os.environ['SCOREBOARD_BOOTSTRAP_KEY']}"}
PLAYER = {"Authorization": f"Bearer {os.environ['PLAYER_TOKEN']}"}


def call(case: Case, method: str, path: str, **options: Any) -> requests.Response:
    """Call the product that the case is for."""
    base = case.operation.schema.get_base_url().rstrip("/")
    return SESSION.request(method, base + path, timeout=10, **options)


def real_cursor(case: Case) -> None:
    """Where a page is asked for by a cursor, let it be one."""
    if case.query.get("cursor"):
        first = call(case, "GET", "/v1/boards/main/entries?limit=1", headers=KEY).json()
        case.path_parameters["board"] = "main"
        case.query = {"cursor": first["page"]["next"], "limit": 1}


def board_of_its_own(case: Case) -> None:
    """Where a board is deleted that others need, delete one that was made for it."""
    if case.path_parameters["board"] in KEPT:
        call(case, "PUT", "/v1/admin/boards/passing", json={}, headers=KEY)
        case.path_parameters["board"] = "passing"


def playable(case: Case) -> None:
    """Whatever was changed meanwhile: let there be something to play."""
    if STATE["playable"]:
        return
    STATE["playable"] = True
    call(case, "PUT", "/v1/admin/boards/plays", json={}, headers=KEY)
    rules = {"boards": ["plays"], "points": {"min": 1, "max": 5}, "difficulty": 2}
    call(case, "PUT", f"/v1/admin/action-types/{PLAYED}", json=rules, headers=KEY)


def real_action(case: Case) -> None:
    """Let an action be completed that was asked for, with the work that it asks for."""
    token = case.body.get("actionToken")
    if isinstance(token, str) and REAL.match(token):  # by the link from where it was asked for
        challenge = {"nonce": nonce(token), "difficulty": HARDEST}
        case.body = {"actionToken": token, "proof": proof({"challenge": challenge}, 3)}
        case.headers = {**(case.headers or {}), "X-Request-Id": LINKED}
        return
    playable(case)
    body = {"actionType": PLAYED}
    answer = call(case, "POST", "/v1/actions/request", json=body, headers=PLAYER)
    assert answer.ok, answer.text
    asked = answer.json()["data"]
    case.body = {"actionToken": asked["actionToken"], "proof": proof(asked, 3)}


def real_type(case: Case) -> None:
    """Let an action be asked for that can be played."""
    playable(case)
    case.body["actionType"] = PLAYED


def real_guest(case: Case) -> None:
    """Let a guest be merged, into an account that nobody else needs."""
    guest = call(case, "POST", "/v1/auth/guest", json={}).json()["data"]
    body = {"username": f"merging-{token_hex(8)}", "password": token_hex(8)}
    account = call(case, "POST", "/v1/auth/register", json=body).json()["data"]
    case.body = {"guestRefreshToken": guest["refreshToken"]}
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {account['accessToken']}"}


def session_of_its_own(case: Case) -> None:
    """Let a call that ends the session it is made with have one that no other call needs."""
    session = call(case, "POST", "/v1/auth/guest", json={}).json()["data"]
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {session['accessToken']}"}


def shortened(value: Any) -> Any:
    """What is too long stays so, but makes no line that gunicorn refuses before we see it."""
    if isinstance(value, str) and len(quote(value)) > LONGEST:
        return "x" * min(len(value), LONGEST)
    return value


# By operation id: what is done to a call that its description allows, before it is made.
PREPARED: dict[str, Callable[[Case], None]] = {
    "listEntries": real_cursor,
    "deleteBoard": board_of_its_own,
    "requestAction": real_type,
    "completeAction": real_action,
    "mergeGuest": real_guest,
}


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Say what tools of other kinds refuse, and what the product takes beyond what it asks for."""
    for path in raw_schema["paths"].values():
        for operation in path.values():
            for answer in operation["responses"].values():
                for link in answer.get("links", {}).values():
                    link["requestBody"] = link.pop("x-request-body")
                events = answer.get("content", {}).get("text/event-stream")
                if events:
                    events["schema"] = event(events["x-events"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content["schema"] = as_taken(content["schema"], raw_schema)
    schemas = raw_schema["components"]["schemas"]
    for name in (
        "Guest",
        "Registration",
        "Changes",
        "ActionRequest",
        "Completion",
        "Definition",
        "Rules",
        "Column",
    ):
        fields = schemas[name]["properties"]
        for field in fields.keys() - schemas[name]["required"]:
            fields[field] = as_taken(fields[field], raw_schema, absent="")
    # An entry that is none is refused in an answer of 200.
    entries = schemas["Batch"]["properties"]["entries"]
    entries["items"] = {"anyOf": [entries["items"], {}]}


def as_taken(schema: dict[str, Any], document: dict[str, Any], absent: Any = None) -> dict[str, Any]:
    """What is taken for a value: also an empty text for none, and an empty table of Lua or PHP."""
    kinds = set()
    for one in schema.get("anyOf", [schema]):
        whole = document["components"]["schemas"].get(one.get("$ref", "").rpartition("/")[2], one)
        kinds |= {whole.get("type")} if not whole.get("required") else set()
    empty = {"string": absent, "object": [], "array": {}}
    more = [empty[kind] for kind in kinds & empty.keys() if empty[kind] is not None]
    return {"anyOf": [schema, {"enum": more}]} if more else schema


def event(shapes: dict[str, Any]) -> dict[str, Any]:
    """An event as schemathesis takes it apart."""
    properties = {"event": {"enum": list(shapes)}, "id": {}, "retry": {}, "data": {"type": "string"}}
    return {"type": "object", "properties": properties, "required": ["event", "data"]}


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, object]) -> None:
    name = case.operation.definition.raw["operationId"]
    if name in CHANGING:
        STATE["playable"] = False
    if case.query:
        case.query = {key: shortened(value) for key, value in case.query.items()}
    if name in ENDING and (case.headers or {}).get("Authorization") == PLAYER["Authorization"]:
        session_of_its_own(case)
    prepare = PREPARED.get(name)
    if prepare and case.meta and case.meta.generation.mode == GenerationMode.POSITIVE:
        prepare(case)
