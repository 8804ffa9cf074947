"""Wrong passwords are limited, also in bursts, and the owner of a name can always sign in."""

from __future__ import annotations

import threading

import pytest

from scoreboard.accounts.puzzles import checksum
from scoreboard.app import create_app
from tests.actions.play import solve
from tests.boards.calls import refusal
from tests.contract import ContractClient
from tests.support import at_once

PASSWORD = "a long enough one"
HOME, ELSEWHERE = "203.0.113.9", "198.51.100.7"
PROOF_NEEDED = (429, "proof_of_work_needed")


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the kind of the database."""
    return sqlite_url


@pytest.fixture
def process(make_parts, database_url):
    """Makes a process with low limits of failures. Returns a function that calls /v1/auth/… of it."""

    def make(**settings):
        limits = {"limit_sign_in": "3/minute", "limit_sign_in_name": "5/minute"}
        parts = make_parts(database_url, **limits | settings)
        app = create_app(parts)

        def call(route, address, username="ada", password=PASSWORD, **more):
            return ContractClient(app).post(
                f"/v1/auth/{route}",
                json={"username": username, "password": password, **more},
                environ_base={"REMOTE_ADDR": address},
            )

        call.parts = parts
        return call

    return make


def fail_from_everywhere(call, count, username="ada"):
    """Guess once from each of many networks. Returns the statuses."""
    return [call("login", f"192.0.{at}.1", username, "a guessed one").status_code for at in range(count)]


def make_proof(puzzle, username, password):
    solution = solve(puzzle["nonce"], checksum(username, password), puzzle["difficulty"])
    return {"nonce": puzzle["nonce"], "solution": solution}


def test_failures_elsewhere_do_not_lock_a_known_network_out(process):
    call = process()
    call("register", HOME)
    found = [
        call("login", ELSEWHERE, spelt, "a guessed one").status_code for spelt in ("ada", "Ada", "ADA", "aDa")
    ]

    assert found == [401, 401, 401, 429]
    assert call("login", ELSEWHERE).status_code == 429
    assert call("login", HOME).status_code == 200


def test_guesses_from_everywhere_do_not_lock_a_known_network_out(process):
    call = process()
    call("register", HOME)

    assert fail_from_everywhere(call, 20) == [401] * 5 + [429] * 15
    assert [call("login", HOME).status_code for _ in range(5)] == [200] * 5


def test_beyond_the_limit_each_guess_from_an_unknown_network_needs_a_proof_and_the_owner_needs_one(process):
    call = process(limit_sign_in="10/minute")
    call("register", HOME)
    fail_from_everywhere(call, 5)

    answer = call("login", ELSEWHERE)
    assert refusal(answer) == PROOF_NEEDED
    puzzle = answer.json["puzzle"]

    proof = make_proof(puzzle, "ada", "a guessed one")
    assert call("login", ELSEWHERE, password="a guessed one", proof=proof).status_code == 401
    assert refusal(call("login", ELSEWHERE, password="another guess", proof=proof)) == PROOF_NEEDED
    assert call("login", ELSEWHERE, proof=make_proof(puzzle, "ada", PASSWORD)).status_code == 200
    assert call("login", ELSEWHERE).status_code == 200  # ada signed in from this network now


def test_a_puzzle_is_for_its_name_and_for_ten_minutes(process, clock):
    call = process(limit_sign_in="10/minute")
    call("register", HOME)
    call("register", HOME, "bob")
    fail_from_everywhere(call, 5)
    fail_from_everywhere(call, 5, "bob")
    puzzle = call("login", ELSEWHERE, "bob").json["puzzle"]
    proof = make_proof(puzzle, "ada", PASSWORD)

    assert refusal(call("login", ELSEWHERE, proof=proof)) == PROOF_NEEDED
    proof = make_proof(call("login", ELSEWHERE).json["puzzle"], "ada", PASSWORD)
    clock.advance(seconds=600)
    assert refusal(call("login", ELSEWHERE, proof=proof)) == PROOF_NEEDED


@pytest.mark.parametrize("nonce", ["", ".", "1767225600", "1767225600.AAAA", "-1.x", "٣.x", "9" * 30 + ".x"])
def test_the_proof_of_a_made_up_puzzle_is_refused(process, nonce):
    call = process()
    fail_from_everywhere(call, 5)

    assert refusal(call("login", ELSEWHERE, proof={"nonce": nonce, "solution": "0"})) == PROOF_NEEDED


def test_an_address_that_only_requests_puzzles_is_refused_soon(process):
    call = process()
    fail_from_everywhere(call, 5)

    found = [refusal(call("login", ELSEWHERE)) for _ in range(4)]

    assert found == [PROOF_NEEDED] * 3 + [(429, "rate_limited")]


def test_an_unknown_user_name_is_treated_in_the_same_way(process):
    call = process()

    assert fail_from_everywhere(call, 6, "nobody") == [401] * 5 + [429]
    answer = call("login", ELSEWHERE, "nobody")
    assert refusal(answer) == PROOF_NEEDED
    proof = make_proof(answer.json["puzzle"], "nobody", PASSWORD)
    assert refusal(call("login", ELSEWHERE, "nobody", proof=proof)) == (401, "invalid_credentials")


def test_a_burst_tries_no_more_passwords_than_are_allowed(process):
    call = process()
    call("register", HOME)

    found = at_once(
        12, lambda number: call("login", ELSEWHERE, password=f"a guessed one {number}").status_code
    )

    assert found.count(401) == 3
    assert set(found) <= {401, 429, 503}


def test_many_correct_sign_ins_at_once_are_not_counted_as_failures(process):
    call = process()
    call("register", HOME)

    found = at_once(8, lambda number: call("login", HOME).status_code)

    assert 429 not in found
    assert 200 in found


def test_correct_and_unverified_attempts_are_not_counted(process):
    call = process()
    call("register", HOME)
    call.parts.accounts.players.suspend(call.parts.accounts.players.find("ada").id, context={})

    assert [call("login", HOME).status_code for _ in range(5)] == [403] * 5


def test_the_limits_hold_while_redis_is_away(process):
    call = process(redis_url="unix:///nowhere/redis.sock")
    call("register", HOME)

    assert [call("login", HOME).status_code for _ in range(5)] == [200] * 5
    assert [call("login", ELSEWHERE, password="a guessed one").status_code for _ in range(4)] == [401] * 3 + [
        429
    ]
    fail_from_everywhere(call, 5)
    assert refusal(call("login", "198.51.101.7")) == PROOF_NEEDED
    assert call("login", HOME).status_code == 200


@pytest.fixture
def passwords(process):
    call = process()
    call("register", HOME)
    found = call.parts.accounts.players.passwords
    found.call = call
    return found


def take_all(slots):
    while slots.acquire(blocking=False):
        pass


def test_a_taken_name_costs_no_hash(passwords):
    take_all(passwords._registrations)

    assert refusal(passwords.call("register", HOME, "ADA")) == (409, "username_taken")
    assert refusal(passwords.call("register", HOME, "bob")) == (503, "overloaded")


def test_registrations_do_not_block_sign_ins(passwords):
    take_all(passwords._registrations)

    assert passwords.call("login", HOME).status_code == 200


def test_sign_ins_do_not_block_registrations(passwords):
    take_all(passwords._sign_ins)

    assert passwords.call("register", HOME, "bob").status_code == 201
    assert refusal(passwords.call("login", HOME)) == (503, "overloaded")


def test_a_request_waits_for_a_slot_before_it_is_refused(passwords):
    take_all(passwords._sign_ins)
    timer = threading.Timer(0.3, passwords._sign_ins.release)
    timer.start()

    assert passwords.call("login", HOME).status_code == 200
    timer.join()
