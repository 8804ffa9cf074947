"""A player's identity: a guest chooses a name, registers, signs in elsewhere, and manages the account."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import expect_accessible
from tests.browser.boards import board_name
from tests.browser.boards import define as define_board
from tests.support import wait_until

PASSWORD = "correct horse battery staple"
STORED = """Object.keys(localStorage).filter((key) => key.startsWith("scoreboard.session"))
  .map((key) => localStorage[key])"""
NUMBERS = itertools.count(1)


@pytest.fixture
def username():
    return f"grace-{next(NUMBERS)}"


@pytest.fixture
def board(stack, request):
    """The board of the demo action, without anybody on it."""
    type = stack.call("GET", "/v1/admin/action-types/play-round").json["data"]
    rules = {field: value for field, value in type.items() if field != "name"}
    name = define_board(stack, board_name(request))
    stack.call("PUT", "/v1/admin/action-types/play-round", {**rules, "boards": [name]})
    wait_until(lambda: b"Play a round" in stack.call("GET", f"/b/{name}").body, why=stack.log)
    yield name
    stack.call("PUT", "/v1/admin/action-types/play-round", rules)


def play_round(page):
    """A whole round on the page of a board."""
    page.locator(".play button").click()
    expect(page.locator(".play button")).to_contain_text("Tap!")
    page.locator(".play button").click()
    expect(page.locator("tr.own")).to_have_count(1, timeout=20_000)


def make_guest(page, name):
    """Make a guest of this browser with a chosen name, by the client that the pages use."""
    page.evaluate(
        """async (name) => {
          const { Scoreboard } = await import("/sdk/scoreboard.js")
          await (await new Scoreboard().player()).changeName(name)
        }""",
        name,
    )


def register(page, username, password=PASSWORD):
    page.goto("/register")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Register").click()
    page.wait_for_url("**/me")


def sign_in(page, username, password=PASSWORD):
    page.goto("/sign-in")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def names(stack, board):
    entries = stack.call("GET", f"/v1/boards/{board}/entries").json["data"]["entries"]
    return [row["player"]["displayName"] for row in entries]


def test_a_guest_chooses_a_name_in_their_row_by_keyboard(open_page, stack, board):
    page = open_page(f"/b/{board}")
    play_round(page)
    rename = page.locator("tr.own").get_by_role("button", name="Choose a name")
    rename.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Choose a name")
    expect(dialog.get_by_label("The name that others see")).to_be_focused()
    expect_accessible(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(rename).to_be_focused()

    page.keyboard.press("Enter")
    expect(dialog.get_by_label("The name that others see")).to_be_focused()
    page.keyboard.type("Ada Lovelace")
    page.keyboard.press("Enter")

    expect(page.locator("tr.own bdi")).to_have_text("Ada Lovelace")
    expect(rename).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('tr.own') !== null")
    assert names(stack, board) == ["Ada Lovelace"]


def test_a_refused_name_can_be_corrected(open_page, stack, board):
    page = open_page(f"/b/{board}", expected=["422"])
    play_round(page)
    page.locator("tr.own").get_by_role("button", name="Choose a name").click()
    field = page.get_by_label("The name that others see")

    field.fill("W" * 33)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("1 to 32 characters")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("Ada")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("tr.own bdi")).to_have_text("Ada")


def loaded_account_files(page):
    names = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    return [name.rpartition("/")[2] for name in names if "/account/" in name]


def test_a_page_loads_only_the_account_scripts_that_it_uses(open_page, board):
    page = open_page("/b/main")
    expect(page.locator("#badge")).to_have_text("Live")
    assert loaded_account_files(page) == []
    page.goto(f"/b/{board}")
    play_round(page)
    expect(page.locator("[data-account]")).to_contain_text("Guest")
    page.reload()
    expect(page.locator("tr.own button.rename")).to_be_visible()
    expect(page.locator("[data-account]")).to_have_accessible_name(re.compile("Your account: Guest"))
    assert not {"name-dialog.js", "browser-player.js", "form.js"} & set(loaded_account_files(page))

    page.locator("tr.own button.rename").click()

    expect(page.get_by_role("dialog")).to_be_visible()
    assert "name-dialog.js" in loaded_account_files(page)


def test_a_guest_chooses_a_name_on_the_play_page(open_page, stack):
    page = open_page("/play")
    make_guest(page, "Bob")
    page.reload()
    expect(page.locator("#player-name")).to_contain_text("You play as Bob.")

    page.get_by_role("button", name="Choose a name").click()
    page.get_by_label("The name that others see").fill("Robert")
    page.get_by_role("button", name="Save").click()

    expect(page.locator("#player-name")).to_contain_text("You play as Robert.")
    expect(page.get_by_role("button", name="Choose a name")).to_be_focused()


def test_a_guest_registers_and_stays_the_same_player(open_page, stack, board, username):
    page = open_page(f"/b/{board}")
    play_round(page)
    player = page.locator("tr.own").get_attribute("data-player")

    page.goto("/register")
    expect(page.get_by_text("Your points and ranks stay.")).to_be_visible()
    page.get_by_label("The name that others see").fill("Grace")
    submit_registration(page, username)

    expect(page.locator("#state")).to_have_text("You are signed in as Grace.")
    page.goto(f"/b/{board}")
    expect(page.locator("tr.own")).to_have_attribute("data-player", player)
    expect(page.locator("tr.own bdi")).to_have_text("Grace")
    assert names(stack, board) == ["Grace"]


def submit_registration(page, username):
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Register").click()
    page.wait_for_url("**/me")


def test_problems_of_a_registration_are_shown_at_their_fields(open_page, username):
    page = open_page("/register", expected=["409", "400"])
    register(page, username)
    page.goto("/docs")  # whose scripts store no session
    page.evaluate("localStorage.clear()")

    page.goto("/register")
    page.get_by_label("User name").fill(username.upper())
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Register").click()
    expect(page.locator("#username-problem")).to_have_text("This user name is taken. Choose another one.")
    expect(page.get_by_label("User name")).to_be_focused()
    expect_accessible(page)

    page.get_by_label("User name").fill(f"{username}-2")
    page.get_by_label("Password").fill("password1")
    page.get_by_role("button", name="Register").click()
    expect(page.locator("#password-problem")).to_contain_text("most common")
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_accessible_description(
        "A password has 8 to 1024 characters, and is not one of the most common ones. At least 8 characters."
    )
    assert "?" not in page.url


def test_a_guest_who_signs_in_may_take_their_points_along(open_page, stack, board, username):
    home = open_page("/register")
    register(home, username)
    page = open_page(f"/b/{board}", expected=["401"])
    play_round(page)

    sign_in(page, username, "wrong horse battery staple")
    expect(page.get_by_role("alert")).to_have_text("Wrong user name or password.")
    expect(page.get_by_label("Take the points of Guest")).to_be_checked()
    expect_accessible(page)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/me")

    expect(page.locator("#state")).to_have_text(f"You are signed in as {username}.")
    wait_until(lambda: names(stack, board) == [username], why=stack.log)


def test_a_player_lists_and_ends_sessions_and_changes_the_password(open_page, username):
    page = open_page("/register", expected=["401", "403"])
    register(page, username)
    others = [open_page("/sign-in", expected=["401"]) for _ in range(2)]
    for other in others:
        sign_in(other, username)
        other.wait_for_url("**/me")
    page.reload()
    sessions = page.locator(".sessions li")
    expect(sessions).to_have_count(3)
    expect(sessions.filter(has_text="this browser")).to_have_count(1)
    expect_accessible(page)

    page.get_by_role("button", name="End the session").first.click()
    expect(sessions).to_have_count(2)
    expect(page.locator("#sessions [role=status]")).to_have_text("The session has ended.")
    expect(page.locator("#sessions-heading")).to_be_focused()
    page.get_by_label("Current password").fill("wrong horse battery")
    page.get_by_label("New password").fill("a better battery staple")
    page.get_by_role("button", name="Change password").click()
    expect(page.locator("#currentPassword-problem")).to_have_text("The current password is wrong.")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()

    expect(page.locator("#password-form [role=status]")).to_contain_text("Your password is changed.")
    expect(page.get_by_label("New password")).to_have_value("")
    expect(sessions).to_have_count(1)
    for other in others:
        other.reload()
        expect(other.locator("#state")).to_have_text("Your session has ended. Sign in again.")
        expect(other.locator(".nobody").get_by_role("link", name="Sign in")).to_be_visible()


def test_tabs_of_one_browser_show_the_same_account(open_page, username):
    page = open_page("/register")
    register(page, username)
    expect(page.locator("#state")).to_have_text(f"You are signed in as {username}.")
    other = page.context.new_page()
    other.goto("/me")
    expect(other.locator("#displayName")).to_have_value(username)

    page.get_by_label("The name that others see").fill("Grace")
    page.get_by_role("button", name="Save").click()
    expect(other.locator("#state")).to_have_text("You are signed in as Grace.")
    expect(other.locator("#displayName")).to_have_value("Grace")

    other.get_by_role("button", name="Sign out").click()
    expect(other.locator("#state")).to_have_text("Nobody is signed in in this browser.")
    expect(page.locator("#state")).to_have_text("Nobody is signed in in this browser.")
    expect(page.locator("#name-form")).to_be_hidden()


def test_a_guest_of_another_tab_is_upgraded_and_not_replaced(open_page, username):
    page = open_page("/register")
    other = page.context.new_page()
    other.goto("/docs")
    make_guest(other, "Bob")
    guest = other.evaluate("import('/sdk/scoreboard.js').then((sdk) => new sdk.Scoreboard().playerId)")
    expect(page.get_by_text("You play as Bob. Your points and ranks stay.")).to_be_visible()
    expect(page.get_by_label("The name that others see")).to_have_value("Bob")

    submit_registration(page, username)

    expect(page.locator("#state")).to_have_text("You are signed in as Bob.")
    assert guest == page.evaluate("import('/sdk/scoreboard.js').then((sdk) => new sdk.Scoreboard().playerId)")


def test_a_problem_is_no_longer_said_once_its_field_is_changed(open_page):
    page = open_page("/register", expected=["400"])
    page.get_by_label("User name").fill("two words")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Register").click()
    expect(page.locator("#username-problem")).not_to_be_empty()

    page.get_by_label("User name").fill("two-words")

    expect(page.locator("#username-problem")).to_be_empty()
    expect(page.get_by_label("User name")).not_to_have_attribute("aria-invalid", "true")


def test_a_guest_signs_out_with_a_second_press(open_page):
    page = open_page("/me")
    expect(page.locator("#state")).to_have_text("Nobody is signed in in this browser.")
    make_guest(page, "Bob")
    page.reload()
    expect(page.locator("#state")).to_have_text("You are signed in as Bob.")
    expect_accessible(page)

    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".sign-out")).to_have_text("Really sign out?")
    expect(page.locator(".sign-out")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("#state")).to_have_text("Nobody is signed in in this browser.")
    assert page.evaluate(STORED) == []


def test_only_the_refresh_token_is_kept_and_nothing_secret_is_in_an_address(open_page, username):
    page = open_page("/register")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    register(page, username)
    expect(page.locator(".sessions li")).to_have_count(1)

    stored = page.evaluate(STORED)
    assert len(stored) == 1
    assert PASSWORD not in stored[0]
    assert "access" not in stored[0].lower()
    assert not [url for url in asked if "?" in url or username in url or "rt_" in url]


@pytest.mark.parametrize("path", ["/me", "/sign-in", "/register"])
def test_without_javascript_a_page_of_accounts_says_so(open_page, path):
    page = open_page(path, java_script_enabled=False)

    assert "This page needs JavaScript." in page.locator("noscript").first.text_content()
    assert page.locator("form:visible").count() == 0


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "pt-BR", "ja", "zh-Hans", "hi", "ar"])
def test_pages_of_accounts_fit_small_phones_in_every_language(open_page, language):
    page = open_page("/sign-in", viewport={"width": 320, "height": 640})
    make_guest(page, "W" * 32)

    for path in ("/sign-in", "/register", "/me"):
        page.goto(f"{path}?lang={language}")
        if path == "/me":
            expect(page.locator(".sessions li")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
