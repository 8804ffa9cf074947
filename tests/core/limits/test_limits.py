"""The limits: their counters, and the headers and errors of answers."""

from __future__ import annotations

import re

import pytest

from scoreboard.core.limits.rules import RULES, limited
from tests.boards.calls import refusal
from tests.support import KEY, wait_until

AWAY = "redis://127.0.0.1:1/0"
OWN = {"Authorization": f"Bearer {KEY}"}


def statuses(client, path, times, **options):
    return [client.post(path, **options).status_code for _ in range(times)]


def header_items(answer, header="RateLimit"):
    """The items of a header, as {name: {parameter: number}}."""
    items = re.findall(r'"([a-z0-9-]+)"((?:;[a-z]=[0-9]+)+)', answer.headers[header])
    return {
        name: {part[0]: int(part[2:]) for part in parameters.split(";")[1:]} for name, parameters in items
    }


def without_flush(client):
    """The same client, whose process writes no pending counts to Redis until `settle`."""
    client.application.extensions["parts"].base.limits._pending._seconds = 3600
    return client


def settle(client):
    client.application.extensions["parts"].base.limits._pending.flush()


def test_exactly_the_allowed_number_of_calls_passes(process):
    client = process(limit_guest="3/minute")

    assert statuses(client, "/v1/guest", 5) == [200, 200, 200, 429, 429]


def test_headers_have_the_limit_and_the_rest(process):
    client = process(limit_guest="2/minute")

    first, second, third = (client.post("/v1/guest") for _ in range(3))

    assert first.headers["RateLimit-Policy"] == '"guest";q=2;w=60'
    assert first.headers["RateLimit"] == '"guest";r=1;t=60'
    assert header_items(second)["guest"]["r"] == header_items(third)["guest"]["r"] == 0
    assert third.headers["RateLimit-Policy"] == '"guest";q=2;w=60'


def test_a_refusal_has_the_time_to_retry(process):
    client = process(limit_guest="1/minute")
    client.post("/v1/guest")

    refused = client.post("/v1/guest")

    assert refusal(refused) == (429, "rate_limited")
    assert 50 < int(refused.headers["Retry-After"]) == header_items(refused)["guest"]["t"] <= 60


def test_after_its_window_a_limit_starts_again(process):
    client = process(limit_guest="1/second")
    statuses(client, "/v1/guest", 2)

    wait_until(lambda: client.post("/v1/guest").status_code == 200, seconds=5)


def test_two_processes_share_a_count(process):
    one, other = process(limit_guest="3/minute"), process(limit_guest="3/minute")

    found = [client.post("/v1/guest").status_code for client in (one, other, one, other, one)]

    assert found == [200, 200, 200, 429, 429]


def test_a_limit_may_have_several_stretches_of_time(process):
    client = process(limit_guest="2/second;3/hour")

    answer = client.post("/v1/guest")

    assert answer.headers["RateLimit-Policy"] == '"guest-1s";q=2;w=1, "guest-3600s";q=3;w=3600'
    wait_until(lambda: header_items(client.post("/v1/guest"))["guest-3600s"]["r"] == 0, seconds=5)
    wait_until(lambda: header_items(client.post("/v1/guest"))["guest-1s"]["r"] == 1, seconds=5)
    assert refusal(client.post("/v1/guest")) == (429, "rate_limited")


def test_an_empty_setting_is_no_limit(process):
    client = process(limit_guest="", redis_url=AWAY)

    answer = client.post("/v1/guest")

    assert answer.status_code == 200
    assert "RateLimit" not in answer.headers


@pytest.mark.parametrize("settings", [{}, {"redis_url": AWAY}], ids=["in Redis", "in memory"])
def test_a_caller_beyond_their_own_limit_uses_up_no_shared_limit(process, settings):
    client = process(limit_request="2/minute", limit_request_address="100/minute", **settings)

    last = [client.post("/v1/request/jump") for _ in range(10)][-1]

    assert last.status_code == 429
    assert header_items(last)["request-address"]["r"] == 98


def test_each_action_is_counted_apart_and_an_address_altogether(process):
    client = process(limit_request="2/minute", limit_request_address="5/minute")

    assert statuses(client, "/v1/request/jump", 3) == [200, 200, 429]
    assert statuses(client, "/v1/request/run", 3) == [200, 200, 429]
    assert statuses(client, "/v1/request/hop", 2) == [200, 429]


def test_addresses_are_counted_apart(process):
    client = process(limit_guest="1/minute")

    found = [
        client.post("/v1/guest", environ_base={"REMOTE_ADDR": address}).status_code
        for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "", "")
    ]

    assert found == [200, 200, 200, 429, 200, 200, 429]


@pytest.mark.parametrize("settings", [{}, {"redis_url": AWAY}], ids=["in Redis", "in memory"])
def test_the_networks_of_a_site_are_counted_together_too_and_allowed_16_times_as_much(process, settings):
    client = process(limit_guest="1/minute", **settings)

    def status(address):
        return client.post("/v1/guest", environ_base={"REMOTE_ADDR": address}).status_code

    networks = [status(f"2001:db8:1:{n:x}::1") for n in range(18)]

    assert networks == [200] * 16 + [429] * 2
    assert status("2001:db8:2::1") == 200
    assert status("192.0.2.1") == 200


def test_a_network_beyond_its_limit_uses_up_nothing_of_its_site(process):
    client = process(limit_guest="1/minute")
    for _ in range(20):
        client.post("/v1/guest", environ_base={"REMOTE_ADDR": "2001:db8::1"})

    other = client.post("/v1/guest", environ_base={"REMOTE_ADDR": "2001:db8:0:1::1"})

    assert other.status_code == 200
    assert header_items(other, "RateLimit-Policy") == {
        "guest": {"q": 1, "w": 60},
        "guest-48": {"q": 16, "w": 60},
    }
    assert (header_items(other)["guest"]["r"], header_items(other)["guest-48"]["r"]) == (0, 14)


def test_both_tiers_cost_one_trip(process, redis):
    client = process()
    home = {"REMOTE_ADDR": "2001:db8::1"}
    client.post("/v1/request/jump", environ_base=home)
    redis.config_resetstat()

    client.post("/v1/request/jump", environ_base=home)

    assert redis.info("commandstats")["cmdstat_evalsha"]["calls"] == 1


def test_a_name_is_counted_by_the_network_and_the_site_that_it_is_tried_from(process, redis):
    client = process()
    client.post("/v1/sign-in/bob", environ_base={"REMOTE_ADDR": "2001:db8::1"})

    assert len(redis.keys("sb:{limit}:*")) == 4  # network and site, and the name from each


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_a_forged_hop_does_not_bypass_a_limit(process, hops):
    client = process(limit_guest="2/minute", trusted_proxy_hops=hops)
    behind = ["192.0.2.7", "10.0.0.2"][:hops]

    found = [
        client.post(
            "/v1/guest", headers={"X-Forwarded-For": ", ".join([f"1.1.1.{n}"] * n + behind)}
        ).status_code
        for n in range(4)
    ]

    assert found == [200, 200, 429, 429]


def test_right_sign_ins_do_not_count_and_failed_ones_exceed_the_limit(process):
    client = process(limit_sign_in="2/minute")

    assert statuses(client, "/v1/sign-in/ada", 5) == [200] * 5
    assert statuses(client, "/v1/sign-in/eve", 3) == [200, 200, 429]
    assert statuses(client, "/v1/sign-in/ada", 1) == [429]


def test_guesses_at_a_name_are_limited_by_their_address(process):
    client = process(limit_sign_in="2/minute")
    statuses(client, "/v1/sign-in/bob", 2, environ_base={"REMOTE_ADDR": "192.0.2.1"})

    assert statuses(client, "/v1/sign-in/bob", 1, environ_base={"REMOTE_ADDR": "192.0.2.1"}) == [429]
    assert statuses(client, "/v1/sign-in/bob", 1, environ_base={"REMOTE_ADDR": "192.0.2.2"}) == [200]


def test_uses_that_are_given_back_are_in_the_rest(process):
    answer = process(limit_sign_in="2/minute").post("/v1/sign-in/ada")

    assert answer.headers["RateLimit"] == '"sign-in";r=2;t=60, "sign-in-name";r=2;t=60'


def test_a_name_left_empty_counts_as_the_address_that_sent_it(process):
    client = process(limit_sign_in="2/minute")
    statuses(client, "/v1/sign-in/", 2, environ_base={"REMOTE_ADDR": "192.0.2.1"})

    assert statuses(client, "/v1/sign-in/", 1, environ_base={"REMOTE_ADDR": "192.0.2.1"}) == [429]
    assert statuses(client, "/v1/sign-in/", 1, environ_base={"REMOTE_ADDR": "192.0.2.2"}) == [200]


def test_a_successful_completion_does_no_work_for_limits(process, redis):
    client = process(limit_failed="2/minute")
    calls_before = redis.info("commandstats").get("cmdstat_evalsha", {"calls": 0})["calls"]

    answers = [client.post("/v1/complete/good") for _ in range(5)]

    assert redis.info("commandstats").get("cmdstat_evalsha", {"calls": 0})["calls"] == calls_before
    assert "RateLimit" not in answers[0].headers
    assert statuses(client, "/v1/complete/bad", 3) == [200, 200, 429]


def test_counting_later_does_not_call_redis_in_the_meantime(process, redis):
    client = process(limit_write="3/minute")
    without_flush(client)
    redis.config_resetstat()

    answers = [client.post("/v1/write") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [header_items(answer)["write"]["r"] for answer in answers] == [2, 1, 0, 0, 0]
    assert answers[0].headers["RateLimit-Policy"] == '"write";q=3;w=60'
    assert "cmdstat_evalsha" not in redis.info("commandstats")


def test_uses_counted_later_are_known_to_all_processes(process, redis):
    one, other = (
        without_flush(process(limit_write="5/minute")),
        without_flush(process(limit_write="5/minute")),
    )
    statuses(one, "/v1/write", 3)
    settle(one)
    statuses(other, "/v1/write", 2)
    settle(other)

    assert statuses(other, "/v1/write", 1) == [429]
    assert statuses(one, "/v1/write", 3) == [200, 200, 429], "it knows of its own three"


def test_uses_of_many_addresses_that_are_counted_later_are_one_trip(process, redis):
    client = without_flush(process(limit_write="100/minute"))
    for number in range(1, 31):
        statuses(client, "/v1/write", 2, environ_base={"REMOTE_ADDR": f"192.0.2.{number}"})
    redis.config_resetstat()

    settle(client)

    commands = redis.info("commandstats")
    assert commands["cmdstat_evalsha"]["calls"] == 30
    assert {redis.get(key) for key in redis.keys("sb:{limit}:*")} == {"2"}


def test_pending_counts_are_written_automatically(process, redis):
    client = process(limit_write="100/minute")

    statuses(client, "/v1/write", 7)

    wait_until(lambda: [redis.get(key) for key in redis.keys("sb:{limit}:*")] == ["7"])


def test_uses_counted_later_are_counted_in_memory_while_redis_is_away(process):
    client = without_flush(process(limit_write="8/minute", web_concurrency=2, redis_url=AWAY))
    found = statuses(client, "/v1/write", 4)
    settle(client)

    assert found == [200] * 4
    assert statuses(client, "/v1/write", 1) == [429], "a share of eight"


def test_uses_counted_later_start_again_after_the_window(process):
    client = without_flush(process(limit_write="2/minute"))
    limits, moment = client.application.extensions["parts"].base.limits, [0.0]
    limits._monotonic = lambda: moment[0]
    assert statuses(client, "/v1/write", 3) == [200, 200, 429]

    moment[0] = 60.5

    assert statuses(client, "/v1/write", 1) == [200]


def test_an_empty_setting_counts_nothing_later(process, redis):
    client = process(limit_write="")

    answers = [client.post("/v1/write") for _ in range(3)]

    assert all("RateLimit" not in answer.headers for answer in answers)
    assert not client.application.extensions["parts"].base.limits._pending._counts


def test_all_limits_of_a_request_cost_one_trip(process, redis):
    client = process()
    client.post("/v1/request/jump")
    redis.config_resetstat()

    client.post("/v1/request/jump")

    called = redis.info("commandstats")
    assert called["cmdstat_evalsha"]["calls"] == 1
    assert {"cmdstat_get", "cmdstat_ttl", "cmdstat_ping", "cmdstat_script|exists"}.isdisjoint(called)


def test_refused_calls_leave_nothing_in_redis(process, redis):
    client = process(limit_sign_in="1/minute")
    statuses(client, "/v1/sign-in/eve", 2)
    before = redis.dbsize()

    found = [client.post(f"/v1/sign-in/name-{n}").status_code for n in range(5)]

    assert found == [429] * 5
    assert redis.dbsize() == before


def test_redis_holds_neither_addresses_nor_names_and_lets_counters_expire(process, redis):
    client = process()
    client.post("/v1/sign-in/hunter2", environ_base={"REMOTE_ADDR": "192.0.2.7"})

    counters = redis.keys("sb:{limit}:*")

    assert len(counters) == 2
    assert not any("hunter2" in key or "192.0.2.7" in key for key in counters)
    assert all(0 < redis.ttl(key) <= 60 for key in counters)


def test_administration_is_counted_by_caller(process):
    client = process(limit_admin="2/minute")
    found = [client.get("/v1/admin/boards/main", headers=OWN) for _ in range(3)]

    assert [answer.status_code for answer in found] == [200, 200, 429]
    assert header_items(found[0], "RateLimit-Policy") == {"admin": {"q": 2, "w": 60}}


def test_a_limit_must_exist_and_every_setting_of_one_is_used():
    with pytest.raises(AssertionError, match="strem"):
        limited("strem")

    assert all(rule.by for rule in RULES.values())
