"""Firefox, driven by WebDriver BiDi (the W3C's protocol, https://www.w3.org/TR/webdriver-bidi/).

Playwright drives only a Firefox that it has patched itself; a stock Firefox speaks this protocol.
"""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any

from websocket import create_connection

START_SECONDS = 60
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
# Nothing but the product is on the network of the tests.
PREFERENCES = """
user_pref("app.update.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
"""


class ScriptFailed(Exception):
    """A script of the test raised an error in the page."""


class Firefox:
    """One Firefox without a window, with a profile of its own."""

    def __init__(self, program: str, profile: Path) -> None:
        """Start it, and wait until it listens. `profile` is an empty folder."""
        (profile / "user.js").write_text(PREFERENCES)
        command = [program, "--headless", "--remote-debugging-port=0", "--profile", str(profile)]
        self._log = profile / "firefox.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        self._ids = itertools.count(1)
        self._socket = create_connection(f"{self._address()}/session", suppress_origin=True)
        self.call("session.new", capabilities={})

    def call(self, method: str, **params: Any) -> Any:
        """The result of a command. Raises RuntimeError if Firefox refuses it."""
        id = next(self._ids)
        self._socket.send(json.dumps({"id": id, "method": method, "params": params}))
        while (answer := json.loads(self._socket.recv())).get("id") != id:
            pass  # an event
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
        return answer["result"]

    def open(self, url: str) -> Tab:
        """Open a page in a tab, and wait until it has loaded."""
        context = self.call("browsingContext.create", type="tab")["context"]
        tab = Tab(self, context)
        tab.go(url)
        return tab

    def stop(self) -> None:
        """Close all tabs, and end the process."""
        try:
            self.call("browser.close")
            self._process.wait(10)
        finally:
            self._process.kill()
            self._process.wait()
            self._socket.close()

    def _address(self) -> str:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            if found := LISTENING.search(self._log.read_text(errors="replace")):
                return found[1]
            time.sleep(0.1)
        self._process.kill()
        raise RuntimeError(f"Firefox did not start: {self._log.read_text(errors='replace')[-2000:]}")


class Tab:
    """One tab."""

    def __init__(self, firefox: Firefox, context: str) -> None:
        self._firefox, self._context = firefox, context

    def go(self, url: str) -> None:
        """Open a page, and wait until it has loaded."""
        self._firefox.call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def reload(self) -> None:
        """Load the page again, and wait until it has loaded."""
        self._firefox.call("browsingContext.reload", context=self._context, wait="complete")

    def script(self, expression: str) -> Any:
        """The value of a JavaScript expression, which may be a promise. Raises ScriptFailed."""
        answer = self._firefox.call(
            "script.evaluate",
            # JSON in between: BiDi has a type of its own for each kind of value.
            expression=f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))",
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise ScriptFailed(f"{expression}: {answer['exceptionDetails']['text']}")
        return json.loads(answer["result"]["value"])

    def press(self, key: str) -> None:
        """Press and release a key."""
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self._firefox.call("input.performActions", context=self._context, actions=[source])

    def close(self) -> None:
        """Close the tab."""
        self._firefox.call("browsingContext.close", context=self._context)
