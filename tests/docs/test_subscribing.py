"""The samples of docs/subscribing.md, run against a service that is cut off, killed and another one than before."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tallywire.publishing.history import STREAMS
from tests.deploy.debian import debian_program
from tests.pipeline.count_centre import CountCentre
from tests.pipeline.gate import Gate
from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.services import ROOT
from tests.pipeline.subscriber import Publisher
from tests.waiting import wait_until

PAGE: Final = (ROOT / "docs" / "subscribing.md").read_text("utf-8")
SAMPLES: Final = ROOT / "docs" / "samples"
LINES_MAX: Final = 30
NIGHT: Final = night(41, contests=6, declarations=40)
ELECTION: Final = NIGHT.election


class Line(NamedTuple):
    """What a sample keeps of what it was told."""

    cursor: str
    said: Any

    @property
    def stream(self) -> str:
        """The part of the cursor in which this event is counted."""
        return {"tally": "t", "headline": "h"}.get(self.said["type"].split(".")[1], "r")


def places(cursor: str) -> dict[str, int]:
    """Return how many events of each stream are before a cursor."""
    return {part[0]: int(part[1:]) for part in cursor.partition("-")[0].split(".")[1:]}


def read(path: Path) -> list[Line]:
    """Return the whole lines that a sample has written."""
    whole = path.read_text("utf-8").rpartition("\n")[0] if path.exists() else ""
    return [Line(cursor, json.loads(text)) for cursor, _, text in (line.partition("\t") for line in whole.splitlines())]


class Run:
    """A sample at work, which may be killed and started again."""

    def __init__(self, command: list[str], path: Path) -> None:
        self._command = command
        self._path = path
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._command, stderr=subprocess.DEVNULL, process_group=0)

    def kill(self) -> None:
        """Kill it, with whatever it has started."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def restart(self) -> None:
        """Kill it, and start it again."""
        self.kill()
        self._process = self._start()

    def lines(self) -> list[Line]:
        """Return what it has kept."""
        return read(self._path)


@contextmanager
def command(words: list[str], url: str, known: str, folder: Path) -> Iterator[Run]:
    """Run a sample that is a command, which knows something already."""
    folder.mkdir()
    path = folder / "night.tsv"
    path.write_text(known, "utf-8")
    running = Run([*words, f"{url}/v1/elections/{ELECTION}", str(path)], path)
    try:
        yield running
    finally:
        running.kill()


SHELL: Final = ["bash", str(SAMPLES / "follow.sh")]
PYTHON: Final = [sys.executable, str(SAMPLES / "follow.py")]
NODE: Final = ["node", str(SAMPLES / "follow.mjs")]

KNOWN: Final = "l1.r0.t0.h0-00000000"
"""A cursor of another history. One beyond the history is told so after half a minute: a service may lag behind."""


def in_file(sample: str) -> str:
    """Return a sample."""
    return (SAMPLES / sample).read_text("utf-8")


@pytest.mark.parametrize("sample", ["follow.sh", "follow.py", "follow.mjs", "follow-in-a-page.mjs"])
def test_a_sample_stands_on_the_page_and_is_short(sample: str) -> None:
    """Promise: what the page shows is what is run here, and it is at most thirty lines."""
    assert in_file(sample) in re.findall(r"```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert len(in_file(sample).splitlines()) <= LINES_MAX


def declared(centre: CountCentre, part: int, publisher: Publisher) -> str:
    """Declare a quarter of the night, and return the cursor after all that follows from it."""
    centre.send(NIGHT.declarations[part * 10 : part * 10 + 10])
    centre.settle()
    return publisher.await_cursor(ELECTION, **{name: centre.length(name) for name in STREAMS})


def await_told(running: Run, cursor: str) -> None:
    """Wait until a sample was told everything before a cursor."""
    wait_until(
        lambda: (lines := running.lines()) and places(lines[-1].cursor) == places(cursor),
        deadline_s=60,
        what=f"the sample to be told all before {cursor}",
    )


def require_each_once(lines: list[Line], end: str) -> None:
    """See that after the last snapshot each event has come once, in order, up to a cursor."""
    begin = max(place for place, line in enumerate(lines) if "contests" in line.said)
    counted = places(lines[begin].cursor)
    for line in lines[begin + 1 :]:
        counted[line.stream] += 1
        assert line.said["sequence"] == counted[line.stream]
    assert counted == places(end)


OPENED: Final = """<!DOCTYPE html><title>A page</title><script type="module">
import { follow } from './follow-in-a-page.mjs'
let written = Promise.resolve()
follow('ELECTION', (name, said, cursor) => {
  const body = `${cursor}\\t${JSON.stringify(said)}\\n`
  written = written.then(() => fetch('/told', { method: 'POST', body }))
}, 'KNOWN')
</script>"""
"""A page with the sample, which tells this test what it was told."""


class Browsing(BaseHTTPRequestHandler):
    """Serves the page, and keeps what it tells."""

    def __init__(self, page: str, path: Path, *request: Any) -> None:  # noqa: ANN401  # of the base class
        self._page = page
        self._path = path
        super().__init__(*request)

    def do_GET(self) -> None:
        """Answer with the page or the sample."""
        sample = self.path.endswith(".mjs")
        self._answer(in_file(self.path[1:]) if sample else self._page, "text/javascript" if sample else "text/html")

    def do_POST(self) -> None:
        """Keep what the page was told."""
        with self._path.open("ab") as file:
            file.write(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer("", "text/plain")

    def _answer(self, text: str, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def browser(program: str, url: str, known: str, folder: Path) -> Iterator[Run]:
    """Open the page in a browser."""
    folder.mkdir()
    path = folder / "night.tsv"
    page = OPENED.replace("ELECTION", f"{url}/v1/elections/{ELECTION}").replace("KNOWN", known)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Browsing, page, path)) as served:
        threading.Thread(target=served.serve_forever, daemon=True).start()
        options = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
        ]
        words = [program, *options, f"--user-data-dir={folder}/profile", "--remote-debugging-port=0"]
        running = Run([*words, f"http://127.0.0.1:{served.server_port}/"], path)
        try:
            yield running
        finally:
            running.kill()
            served.shutdown()


def test_each_sample_has_each_event_once_whatever_is_killed(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: a sample has each event once, whatever is cut off or killed, and takes a new snapshot where it must.

    All of them follow one night beside one another: most of the time they wait, as they should, before they come again.
    """
    programs = [debian_program(*names) for names in (("curl", "curl"), ("node", "nodejs"), ("chromium", "chromium"))]
    pipeline.start_all()
    centre = pipeline.open(NIGHT)
    publisher = Publisher(pipeline)
    publisher.await_cursor(ELECTION, ledger=1)
    declare = partial(declared, centre)
    # A place of another history, and a line that was cut off while it was written.
    known = f"{KNOWN}\t{{}}\nl10.r9"

    with Gate(publisher) as gate, ExitStack() as stack:
        in_terminals = [
            stack.enter_context(command(words, gate.url, known, tmp_path / name))
            for name, words in (("shell", SHELL), ("python", PYTHON), ("node", NODE))
        ]
        in_page = stack.enter_context(browser(programs[-1], gate.url, KNOWN, tmp_path / "page"))
        samples = [*in_terminals, in_page]

        def all_told(end: str) -> None:
            for sample in samples:
                await_told(sample, end)

        for sample in in_terminals:
            wait_until(lambda each=sample: len(each.lines()) > 1, what="a new snapshot")  # type: ignore[misc]
            assert sample.lines()[1].said["register"]["election"] == ELECTION
        wait_until(in_page.lines, what="a snapshot")
        all_told(declare(0, publisher))
        gate.cut()
        all_told(declare(1, publisher))
        publisher.service.kill()
        gate.publisher = publisher = Publisher(pipeline)
        all_told(declare(2, publisher))
        for sample in in_terminals:
            sample.restart()
        all_told(end := declare(3, publisher))
        for sample in in_terminals:
            require_each_once(sample.lines()[1:], end)
        require_each_once(in_page.lines(), end)
