"""python -m scoreboard COMMAND."""

from __future__ import annotations

import pytest

from config.settings import load, table
from scoreboard.__main__ import main
from scoreboard.commands import settings as command
from scoreboard.core.storage import rediskeys
from scoreboard.parts import build
from tests.support import KEY, ROOT


def test_migrating_creates_the_tables_and_a_second_time_changes_nothing(run):
    first, second = run("migrate"), run("migrate")

    assert first[0] == second[0] == 0
    assert first[1].startswith("migrations run: ")
    assert second[1] == "tables are up to date\n"


def test_without_a_command_all_of_them_are_listed(capsys):
    status = main([])

    assert status == 2
    shown = capsys.readouterr().out
    for name in ("serve", "migrate", "keys", "replay", "verify", "settings"):
        assert f"\n    {name} " in shown


def test_a_replay_without_its_file_names_the_seasons_that_are_there(run):
    status, _, error = run("replay", "nofile.json")

    assert status == 1
    assert "There is no file nofile.json." in error
    assert "examples/football/2011-12-en.1.json" in error


def test_a_new_server_logs_no_warning(run):
    assert '"level":"warning"' not in run("migrate")[2]


def test_a_key_is_made_listed_and_revoked(run):
    run("migrate")

    status, secret, _ = run("keys", "create", "--scopes", "scores:write, boards:write", "--name", "game")
    id = secret.split("_")[1]
    list_before = run("keys", "list")[1]
    revocation = run("keys", "revoke", id)
    second_revocation = run("keys", "revoke", id)
    list_after = run("keys", "list")[1]

    assert status == 0
    assert secret.startswith("sk_")
    assert f"{id:14} active" in list_before
    assert "scores:write,boards:write  game" in list_before
    assert secret.strip() not in list_before
    assert revocation[:2] == (0, f"{id} is revoked\n")
    assert second_revocation[0] == 1
    assert f"{id:14} revoked" in list_after


def test_revoking_a_key_ends_its_streams(run, redis):
    run("migrate")
    id = run("keys", "create", "--scopes", "scores:write")[1].split("_")[1]

    run("keys", "revoke", id)

    ((_, kick),) = redis.xrange(rediskeys.signals())
    assert kick["session"] == id


@pytest.mark.parametrize("scopes", ["", "everything", "scores:write,root"])
def test_a_key_with_an_unknown_scope_is_refused_in_one_sentence(run, scopes):
    run("migrate")

    status, out, err = run("keys", "create", "--scopes", scopes)

    assert (status, out) == (1, "")
    assert err.startswith("scoreboard keys: scopes: must be one or more of")
    assert len(err.splitlines()) == 1


def test_every_setting_is_printed_with_its_value_and_no_secret(run):
    status, out, _ = run("settings")

    assert status == 0
    for row in table():
        assert f"\n{row.metadata['name']} = " in f"\n{out}"
        assert row.metadata["help"] in out
    assert KEY not in out
    assert "SCOREBOARD_BOOTSTRAP_KEY = (set)" in out
    assert "DATABASE_URL = (set)" in out
    assert "PORT = 8000" in out


def test_the_example_environment_is_the_output_of_the_command(run):
    _, out, _ = run("settings", "--env-example")

    assert (ROOT / ".env.example").read_text("utf-8") == out


def test_the_example_environment_has_only_defaults(run):
    _, out, _ = run("settings", "--env-example")

    assert all(line.startswith("#") for line in out.splitlines() if line)
    assert out.count("=") >= len(command.table())


def test_a_bad_setting_ends_a_command_with_its_name(run, monkeypatch):
    monkeypatch.setenv("PORT", "http")

    status, out, err = run("settings")

    assert (status, out) == (1, "")
    assert err == "scoreboard settings: PORT must be a whole number, not 'http'\n"


def test_boards_are_rebuilt_and_verified(run, redis):
    run("migrate")
    redis.flushall()

    assert run("rebuild")[:2] == (0, "0 windows built, 0 standings\n")
    assert run("verify")[:2] == (0, "0 differences\n")


def test_an_unknown_board_cannot_be_rebuilt(run):
    run("migrate")

    status, _, err = run("rebuild", "none")

    assert status == 1
    assert err == "scoreboard rebuild: There is no board 'none'.\n"


def test_an_unreachable_database_is_reported_in_one_sentence(run, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    status, _, err = run("keys", "list")

    assert status == 1
    assert err.startswith("scoreboard keys: ")
    assert "Traceback" not in err


def test_a_player_gets_a_role_by_user_name_or_id(run, environment):
    run("migrate")
    parts = build(load())
    parts.preparation.prepare()
    session = parts.accounts.players.register("Ada", "correct horse", name=None, region=None, context={})
    id = session.account.id

    by_name, by_id = run("players", "make-admin", "ada"), run("players", "make-moderator", id)

    assert by_name[:2] == (0, f"Ada ({id}) is admin now\n")
    assert by_id[:2] == (0, f"Ada ({id}) is moderator now\n")
    assert parts.accounts.players.me(id).role == "moderator"
    parts.close()


def test_an_id_is_never_taken_for_a_user_name(run, environment):
    run("migrate")
    parts = build(load())
    parts.preparation.prepare()
    victim = parts.accounts.players.guest(name=None, region=None, context={}).account
    parts.accounts.players.register(victim.id, "correct horse", name=None, region=None, context={})

    run("players", "make-admin", victim.id)

    assert parts.accounts.players.me(victim.id).role == "admin"
    parts.close()


def test_an_unknown_player_gets_no_role(run):
    run("migrate")

    status, out, err = run("players", "make-admin", "nobody")

    assert (status, out) == (1, "")
    assert err.startswith("scoreboard players: There is no player 'nobody'")
