"""Hooks of schemathesis: they supply values that only the product makes, and do the work of completions."""

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

SHARED_BOARDS = ("main", "cup")  # other calls need them
ACTION_TYPE = "played"
LINK_REQUEST_ID = "by-a-link"  # the request id of calls by a link, for the server's log
MAX_BYTES = 1500  # of a parameter: more than any may have
DIFFICULTY = 4  # bits: ACTION_TYPE needs 2, and at most 2 more while the server is busy
REAL = re.compile(r"^sb1\.[^.]+\.[A-Za-z0-9_-]{60,}\Z")
CHANGING_CALLS = ("defineBoard", "deleteBoard", "defineActionType", "deleteActionType")
ENDING_CALLS = ("upgradeGuest", "endSession")  # they end the session that they are called with
STATE = {"playable": False}
SESSION = requests.Session()
KEY = {"Authorization": f"Bearer {os.environ['SCOREBOARD_BOOTSTRAP_KEY']}"}
PLAYER = {"Authorization": f"Bearer {os.environ['PLAYER_TOKEN']}"}


def call(case: Case, method: str, path: str, **options: Any) -> requests.Response:
    """Call the server under test."""
    base = case.operation.schema.get_base_url().rstrip("/")
    return SESSION.request(method, base + path, timeout=10, **options)


def real_cursor(case: Case) -> None:
    """Replace a cursor by a valid one."""
    if case.query.get("cursor"):
        first = call(case, "GET", "/v1/boards/main/entries?limit=1", headers=KEY).json()
        case.path_parameters["board"] = "main"
        case.query = {"cursor": first["page"]["next"], "limit": 1}


def own_board(case: Case) -> None:
    """If the call would delete a board that others need, let it delete one of its own."""
    if case.path_parameters["board"] in SHARED_BOARDS:
        call(case, "PUT", "/v1/admin/boards/passing", json={}, headers=KEY)
        case.path_parameters["board"] = "passing"


def ensure_playable(case: Case) -> None:
    """Define the action type and its board again, if a call may have changed them."""
    if STATE["playable"]:
        return
    STATE["playable"] = True
    call(case, "PUT", "/v1/admin/boards/plays", json={}, headers=KEY)
    rules = {"boards": ["plays"], "points": {"min": 1, "max": 5}, "difficulty": 2}
    call(case, "PUT", f"/v1/admin/action-types/{ACTION_TYPE}", json=rules, headers=KEY)


def real_action(case: Case) -> None:
    """Let the call complete a requested action token, with the required work."""
    token = case.body.get("actionToken")
    if isinstance(token, str) and REAL.match(token):  # by the link from the answer with the token
        challenge = {"nonce": nonce(token), "difficulty": DIFFICULTY}
        case.body = {"actionToken": token, "proof": proof({"challenge": challenge}, 3)}
        case.headers = {**(case.headers or {}), "X-Request-Id": LINK_REQUEST_ID}
        return
    ensure_playable(case)
    body = {"actionType": ACTION_TYPE}
    answer = call(case, "POST", "/v1/actions/request", json=body, headers=PLAYER)
    assert answer.ok, answer.text
    issued_token = answer.json()["data"]
    case.body = {"actionToken": issued_token["actionToken"], "proof": proof(issued_token, 3)}


def real_type(case: Case) -> None:
    """Let the call request an action that can be played."""
    ensure_playable(case)
    case.body["actionType"] = ACTION_TYPE


def real_guest(case: Case) -> None:
    """Let the call merge a new guest into a new account."""
    guest = call(case, "POST", "/v1/auth/guest", json={}).json()["data"]
    body = {"username": f"merging-{token_hex(8)}", "password": token_hex(8)}
    account = call(case, "POST", "/v1/auth/register", json=body).json()["data"]
    case.body = {"guestRefreshToken": guest["refreshToken"]}
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {account['accessToken']}"}


def own_session(case: Case) -> None:
    """Give a call that ends its session one that no other call needs."""
    session = call(case, "POST", "/v1/auth/guest", json={}).json()["data"]
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {session['accessToken']}"}


def shorten(value: Any) -> Any:
    """Shorten a value so that gunicorn does not refuse the line. It is still longer than allowed."""
    if isinstance(value, str) and len(quote(value)) > MAX_BYTES:
        return "x" * min(len(value), MAX_BYTES)
    return value


# By operation id: the function that prepares a valid call.
PREPARATIONS: dict[str, Callable[[Case], None]] = {
    "listEntries": real_cursor,
    "deleteBoard": own_board,
    "requestAction": real_type,
    "completeAction": real_action,
    "mergeGuest": real_guest,
}


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: dict[str, Any]) -> None:
    """Describe values that the server accepts beyond the document, and parts that other tools refuse."""
    for path in raw_schema["paths"].values():
        for operation in path.values():
            for answer in operation["responses"].values():
                for link in answer.get("links", {}).values():
                    link["requestBody"] = link.pop("x-request-body")
                events = answer.get("content", {}).get("text/event-stream")
                if events:
                    events["schema"] = event(events["x-events"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content["schema"] = accepted_schema(content["schema"], raw_schema)
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
            fields[field] = accepted_schema(fields[field], raw_schema, absent="")
    # An invalid entry is refused in an answer with the status 200.
    entries = schemas["Batch"]["properties"]["entries"]
    entries["items"] = {"anyOf": [entries["items"], {}]}


def accepted_schema(schema: dict[str, Any], document: dict[str, Any], absent: Any = None) -> dict[str, Any]:
    """The schema of the values that the server accepts: also `absent`, and an empty table of Lua or PHP."""
    kinds = set()
    for one in schema.get("anyOf", [schema]):
        whole = document["components"]["schemas"].get(one.get("$ref", "").rpartition("/")[2], one)
        kinds |= {whole.get("type")} if not whole.get("required") else set()
    empty = {"string": absent, "object": [], "array": {}}
    more = [empty[kind] for kind in kinds & empty.keys() if empty[kind] is not None]
    return {"anyOf": [schema, {"enum": more}]} if more else schema


def event(shapes: dict[str, Any]) -> dict[str, Any]:
    """The schema of an event in the form in which schemathesis reads it."""
    properties = {"event": {"enum": list(shapes)}, "id": {}, "retry": {}, "data": {"type": "string"}}
    return {"type": "object", "properties": properties, "required": ["event", "data"]}


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, object]) -> None:
    name = case.operation.definition.raw["operationId"]
    if name in CHANGING_CALLS:
        STATE["playable"] = False
    if case.query:
        case.query = {key: shorten(value) for key, value in case.query.items()}
    if name in ENDING_CALLS and (case.headers or {}).get("Authorization") == PLAYER["Authorization"]:
        own_session(case)
    prepare = PREPARATIONS.get(name)
    if prepare and case.meta and case.meta.generation.mode == GenerationMode.POSITIVE:
        prepare(case)
