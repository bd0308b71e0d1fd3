"""Browsers with other engines than Chromium's, as Debian has them: Firefox, and WebKit, which is Safari's engine.

Playwright drives patched builds of its own alone, and Debian has no geckodriver. So Firefox is told what to do by the
protocol that geckodriver speaks to it (Marionette), and WebKit by its WebDriver. A script in the page does the rest.
"""

import json
import os
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from tests.deploy.debian import debian_program
from tests.pipeline.hall import free_port
from tests.waiting import wait_until

_PREFERENCES: Final = """
user_pref("marionette.port", {port});
user_pref("browser.aboutwelcome.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"""

_ASYNC: Final = """const done = arguments[arguments.length - 1];
(async (...args) => {{ {script} }})(...arguments).then(
  (value) => done({{value}}), (error) => done({{error: String(error)}}))"""

_WATCH: Final = """if (!window.faults) {
  window.faults = []
  addEventListener('error', (event) => faults.push(event.message))
  addEventListener('unhandledrejection', (event) => faults.push(`${event.reason}`))
  addEventListener('securitypolicyviolation', (event) => faults.push(`${event.violatedDirective} ${event.blockedURI}`))
}
"""
"""Notes what goes wrong in a page from then on."""

_SHOWN: Final = (
    "[...document.querySelectorAll('button, a')].find((one) => one.offsetParent && one.innerText.startsWith(args[0]))"
)


class Tab:
    """A window of a browser, as somebody uses it.

    Args:
        go: opens an address.
        call: calls a script with arguments, and returns what it hands to its last one.
    """

    def __init__(self, go: Callable[[str], object], call: Callable[[str, list[object]], Any]) -> None:
        self._go = go
        self._call = call

    def goto(self, url: str) -> None:
        """Open an address."""
        self._go(url)

    def run(self, script: str, *args: object) -> Any:  # noqa: ANN401  # any JSON
        """Run a script in the page, which has ``args``; return its value, None where the page was left meanwhile."""
        answer = self._call(_ASYNC.format(script=_WATCH + script), list(args)) or {}
        assert "error" not in answer, answer["error"]
        return answer.get("value")

    def text(self) -> str:
        """Return all words on the page."""
        return str(self.run("return document.body.innerText"))

    def await_text(self, words: str) -> None:
        """Wait until the page says something."""
        try:
            wait_until(lambda: words in self.text(), what=words)
        except AssertionError as error:
            error.add_note(f"{self.text()}\n{self.faults()}")
            raise

    def fill(self, field: str, text: str) -> None:
        """Write into a field, by its id."""
        self.run(
            """const field = document.getElementById(args[0])
            field.value = args[1]
            for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, {bubbles: true}))""",
            field,
            text,
        )

    def press(self, words: str) -> None:
        """Press a button, or follow a link, that is shown and begins so."""
        wait_until(lambda: self.run(f"return Boolean({_SHOWN})", words), what=words)
        self.run(f"{_SHOWN}.click()", words)

    def faults(self) -> list[str]:
        """Return what has gone wrong in the page since it was first looked at."""
        found: list[str] = self.run("return faults")
        return found


@contextmanager
def firefox(folder: Path) -> Iterator[Tab]:
    """Run Firefox without a window, with a profile in a folder."""
    program, port = debian_program("firefox-esr", "firefox-esr"), free_port()
    (folder / "user.js").write_text(_PREFERENCES.format(port=port), "utf-8")
    command = [program, "--headless", "--no-remote", "--marionette", "--profile", str(folder)]
    with ExitStack() as stack:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "HOME": str(folder)})
        stack.callback(process.wait)
        stack.callback(process.kill)
        connection = _connected(port)
        stack.callback(connection.close)
        answers = stack.enter_context(connection.makefile("rb"))

        def read() -> Any:  # noqa: ANN401  # any JSON
            length = b"".join(iter(lambda: answers.read(1), b":"))
            return json.loads(answers.read(int(length)))

        def do(name: str, **arguments: object) -> Any:  # noqa: ANN401  # any JSON
            message = json.dumps([0, 1, name, arguments]).encode()
            connection.sendall(b"%d:%b" % (len(message), message))
            _, _, error, value = read()
            assert error is None, error
            return value

        read()
        do("WebDriver:NewSession")
        yield Tab(
            lambda url: do("WebDriver:Navigate", url=url),
            lambda script, args: do("WebDriver:ExecuteAsyncScript", script=script, args=args)["value"],
        )


@contextmanager
def webkit(folder: Path) -> Iterator[Tab]:
    """Run WebKit's own browser in a screen that nobody sees, with a home in a folder."""
    driver, screen = debian_program("WebKitWebDriver", "webkit2gtk-driver"), debian_program("Xvfb", "xvfb")
    (browser,) = [*Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser")][:1]
    port = free_port()
    with ExitStack() as stack:
        told, display = os.pipe()
        xvfb = subprocess.Popen([screen, "-displayfd", str(display)], pass_fds=[display], stderr=subprocess.DEVNULL)
        stack.callback(xvfb.wait)
        stack.callback(xvfb.kill)
        os.close(display)
        with os.fdopen(told) as said:
            number = said.readline().strip()
        surroundings = {
            **os.environ,
            **dict.fromkeys(("HOME", "XDG_RUNTIME_DIR"), str(folder)),
            "DISPLAY": f":{number}",
            # There is no graphics card, and root may not make a sandbox.
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        }
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([driver, f"--port={port}"], stdout=log, stderr=log, env=surroundings)
        stack.callback(process.wait)
        stack.callback(process.kill)
        _connected(port).close()

        def do(path: str, body: object, method: str = "POST") -> Any:  # noqa: ANN401  # any JSON
            request = urllib.request.Request(  # it is http, on this machine
                f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), method=method
            )
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # as above
                    return json.load(answer)["value"]
            except urllib.error.HTTPError as error:
                raise AssertionError(error.read().decode()) from error

        options = {"webkitgtk:browserOptions": {"binary": str(browser), "args": ["--automation"]}}
        session = f"/session/{do('/session', {'capabilities': {'alwaysMatch': options}})['sessionId']}"
        stack.callback(do, session, {}, "DELETE")
        yield Tab(
            lambda url: do(f"{session}/url", {"url": url}),
            lambda script, args: do(f"{session}/execute/async", {"script": script, "args": args}),
        )


def _connected(port: int) -> socket.socket:
    """Connect as soon as somebody listens at a port."""

    def connected() -> socket.socket | None:
        with suppress(OSError):
            return socket.create_connection(("127.0.0.1", port))
        return None

    found = wait_until(connected, what=f"a browser to listen at {port}")
    assert found is not None
    return found
