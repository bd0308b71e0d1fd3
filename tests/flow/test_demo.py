"""The demo, as a stranger runs it: a process that plays the bundled election and leaves nothing behind."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any
from urllib.request import urlopen

import pytest

from schemas.events import SENT, HeadlineEvent, ReceiptEvent, ResultEvent, TallyEvent
from tallywire.embedded.server import EmbeddedServer
from tests.pipeline.services import surroundings
from tests.waiting import wait_until

PUBLISHED_LABELS = {
    "pcc.norfolk.2024-05-02": "Lab gain from Con",
    "pcc.bedfordshire.2024-05-02": "Lab gain from Con",
    "pcc.cambridgeshire.2024-05-02": "Con hold",
    "pcc.hertfordshire.2024-05-02": "Con hold",
    "pcc.suffolk.2024-05-02": "Con hold",
    "pcc.essex.2024-05-02": "Con hold",
    "pcc.derbyshire.2024-05-02": "Lab gain from Con",
    "pcc.nottinghamshire.2024-05-02": "Lab gain from Con",
    "pcc.leicestershire.2024-05-02": "Con hold",
    "pcc.lincolnshire.2024-05-02": "Con hold",
    "pcc.northamptonshire.2024-05-02": "Lab gain from Con",
    "pcc.avon-and-somerset.2024-05-02": "Lab gain from Con",
    "pcc.dyfed-powys.2024-05-02": "PC hold",
    "pcc.thames-valley.2024-05-02": "Con hold",
}
"""What the results services printed in May 2024; nothing in Tallywire is made from it."""

LABOUR, CONSERVATIVES = "PP53", "PP52"

Event = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give every demo of this module one place for its temporary files."""
    return tmp_path_factory.mktemp("demo")


def command(*arguments: str) -> list[str]:
    """Return the command line of a demo."""
    return [sys.executable, "-m", "tallywire", "demo", *arguments]


@pytest.fixture(scope="module")
def finished(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a demo for programs, to its end."""
    return subprocess.run(
        command("--speed", "max", "--json"), capture_output=True, text=True, check=False, env=surroundings(folder)
    )


@pytest.fixture(scope="module")
def events(finished: "subprocess.CompletedProcess[str]") -> list[Event]:
    """Read what it printed."""
    return [json.loads(line) for line in finished.stdout.splitlines()]


def await_line(output: IO[str], text: str) -> None:
    """Read on until a line has ``text`` in it; a demo that ends without one fails the test."""
    assert any(text in line for line in iter(output.readline, ""))


def left_behind(folder: Path) -> list[str]:
    """Return the files and the processes that a demo has left."""
    listing = subprocess.run(["ps", "-Ao", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [*map(str, folder.iterdir()), *(line for line in listing if f"{folder}/tallywire-demo" in line)]


README = Path(__file__).parents[2] / "README.md"

SEAT = {"gain", "hold", "win", "elected"}
"""Kinds of seat headlines; the others say what else is news."""


def standing(events: list[Event], region: str) -> tuple[int, int, dict[str, tuple[int, ...]]]:
    """Return a region's final tally: declared, expected, and (won, held, gained, lost) of parties with seats."""
    tallies = [event["data"] for event in events if event["type"] == "tallywire.tally.v1"]
    tally = [tally for tally in tallies if tally["region"] == region][-1]
    parties = {
        party: tuple(count.get(name, 0) for name in ("won", "held", "gained", "lost"))
        for party, count in tally["parties"].items()
        if {"won", "lost"} & count.keys()
    }
    return tally["declared"], tally["expected"], parties


def test_it_ends_well_and_says_nothing_else(finished: "subprocess.CompletedProcess[str]") -> None:
    """Exit code 0; standard error is empty, so nothing was parked, lost or restarted."""
    assert (finished.returncode, finished.stderr) == (0, "")


def test_every_line_is_an_event_of_the_contract(finished: "subprocess.CompletedProcess[str]") -> None:
    """Nothing but events on standard output, all that the services publish: ledger, receipts, and what follows."""
    types = {
        model.model_fields["type"].default: model for model in (ReceiptEvent, ResultEvent, HeadlineEvent, TallyEvent)
    }
    found = [json.loads(line) for line in finished.stdout.splitlines()]
    assert all(types[event["type"]].model_validate(event) for event in found if event["type"] not in SENT)
    assert Counter(event["type"] for event in found) == {
        "tallywire.register.v1": 1,
        "tallywire.declaration.v1": 14,
        "tallywire.receipt.v1": 15,
        "tallywire.result.v1": 14,
        "tallywire.headline.v1": 20,
        "tallywire.tally.v1": sum(event["type"] == "tallywire.tally.v1" for event in found),
    }
    assert {event["subject"] for event in found if event["type"] == "tallywire.tally.v1"} >= {"uk", "itv-anglia"}


def test_the_labels_are_those_that_were_published(events: list[Event]) -> None:
    """All fourteen contests, held against the previous election."""
    results = [event["data"] for event in events if event["type"] == "tallywire.result.v1"]
    assert {result["ballot_id"]: result["labels"]["previous_election"] for result in results} == PUBLISHED_LABELS


def test_each_result_has_one_headline_and_comes_before_it(events: list[Event]) -> None:
    """In the order of publication: a receipt, its result, its one seat headline, then what else there is to say."""
    for ballot_id in PUBLISHED_LABELS:
        mine = [event for event in events if event["subject"] == ballot_id and event["type"] not in SENT]
        kinds = [event["data"].get("kind") for event in mine if event["type"] == "tallywire.headline.v1"]
        assert [event["type"].split(".")[1] for event in mine[:3]] == ["receipt", "result", "headline"]
        assert [kind in SEAT for kind in kinds] == [True, *(False for _ in kinds[1:])]


def test_sequences_have_no_gaps(events: list[Event]) -> None:
    """Whoever reads a stream can tell that nothing is missing."""
    for kind, count in (("declaration", 15), ("receipt", 15), ("result", 14), ("headline", 20)):
        types = SENT if kind == "declaration" else (f"tallywire.{kind}.v1",)
        numbers = [event["sequence"] for event in events if event["type"] in types]
        assert numbers == list(range(1, count + 1))
    tallies = [event["sequence"] for event in events if event["type"] == "tallywire.tally.v1"]
    assert tallies == list(range(1, len(tallies) + 1))


def test_the_regions_stand_as_they_stood(events: list[Event]) -> None:
    """The tallies of the 2024 story: won, held, gained and lost, of how many contests."""
    expected = {
        "east-of-england": (6, {CONSERVATIVES: (4, 4, 0, 2), LABOUR: (2, 0, 2, 0)}),
        "east-midlands": (5, {LABOUR: (3, 0, 3, 0), CONSERVATIVES: (2, 2, 0, 3)}),
        "itv-anglia": (9, {LABOUR: (3, 0, 3, 0), CONSERVATIVES: (6, 6, 0, 3)}),
    }
    for region, (contests, parties) in expected.items():
        assert standing(events, region) == (contests, contests, parties)


def test_nothing_is_left_behind(finished: "subprocess.CompletedProcess[str]", folder: Path) -> None:
    """No process, no folder."""
    assert left_behind(folder) == []


def test_people_without_a_terminal_get_plain_lines(server: EmbeddedServer, folder: Path) -> None:
    """Headlines with how far the count is, then the tables: no control codes, no more than 100 columns.

    On a server of one's own (--redis) the election stays there; a second demo refuses politely instead of declaring it
    all again.
    """
    arguments = command("--speed", "max", "--redis", server.url)
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, env=surroundings(folder))
    lines = done.stdout.splitlines()
    assert " 1 of 14  Labour gains Norfolk for the first time" in lines
    assert "14 of 14  Conservatives hold Thames Valley by 2,343 votes" in lines
    assert "East of England - 6 of 6 declared" in lines
    shown = [block.strip("\n").split("\n") for block in README.read_text("utf-8").split("```")[5:8:2]]
    assert [line for block in shown for line in block if line not in lines] == [], "README shows something else"
    assert lines[-1] == "14 of 14 contests declared, 20 headlines, 0 declarations refused."
    assert [line for line in lines if len(line) > 100 or line != line.rstrip() or not (line or " ").isprintable()] == []
    again = subprocess.run(arguments, capture_output=True, text=True, check=False, env=surroundings(folder))
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr.startswith("The election pcc.2024-05-02 is loaded on the server at ")


def test_a_reader_that_leaves_ends_it(folder: Path) -> None:
    """``tallywire demo | head``: quiet, exit code 0, and everything is put away."""
    with ExitStack() as stack:
        demo = stack.enter_context(
            subprocess.Popen(
                command("--speed", "600", "--json"),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=surroundings(folder),
            )
        )
        stack.callback(demo.kill)
        assert demo.stdout is not None
        assert demo.stderr is not None
        demo.stdout.readline()
        demo.stdout.close()
        assert (demo.stderr.read(), demo.wait(60)) == ("", 0)
    assert left_behind(folder) == []


def test_killed_it_leaves_no_process(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Even ``kill -9`` of the demo ends its server and services; its folder goes with the next demo.

    That one leaves alone the folder of a demo that runs, and what is not a demo's. Interrupted, it is quiet; asked to
    end, the other one is, too; nothing is left of either.
    """
    folder = tmp_path_factory.mktemp("killed")
    (folder / "tallywire-demon").mkdir()
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "kept").touch()
    (folder / "tallywire-demo-link").symlink_to(elsewhere)
    others = {"tallywire-demon", "tallywire-demo-link"}

    def folders() -> set[str]:
        return {path.name for path in folder.iterdir()} - others

    with ExitStack() as stack:
        demo = stack.enter_context(
            subprocess.Popen(command(), stdout=subprocess.PIPE, text=True, env=surroundings(folder))
        )
        assert demo.stdout is not None
        await_line(demo.stdout, "1 of 14")
        demo.kill()
        wait_until(
            lambda: left_behind(folder) == [str(path) for path in folder.iterdir()],
            what="the processes to be gone",
        )
        abandoned = folders()
        assert len(abandoned) == 1
        running = stack.enter_context(
            subprocess.Popen(command("--speed", "1"), stdout=subprocess.PIPE, text=True, env=surroundings(folder))
        )
        stack.callback(running.kill)
        assert running.stdout is not None
        await_line(running.stdout, "1 of 14")
        its_own = folders()
        assert len(its_own) == 1
        assert not its_own & abandoned
        interrupted = stack.enter_context(
            subprocess.Popen(
                command(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
                env=surroundings(folder),
            )
        )
        stack.callback(interrupted.kill)
        assert interrupted.stdout is not None
        await_line(interrupted.stdout, "1 of 14")
        # Ctrl-C goes to every process of the terminal's group.
        os.killpg(interrupted.pid, signal.SIGINT)
        _, err = interrupted.communicate(timeout=60)
        assert (interrupted.returncode, err, folders()) == (130, "", its_own)
        assert [path.name for path in elsewhere.iterdir()] == ["kept"]
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=60)
        assert (running.returncode, folders()) == (143, set())
    assert sorted(left_behind(folder)) == sorted(str(folder / name) for name in others)


def test_at_a_terminal_the_board_stays_until_interrupted(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The address comes first, the night can be looked at there, and Ctrl-C ends it well; nothing is left."""
    folder = tmp_path_factory.mktemp("looked-at")
    ours, theirs = pty.openpty()
    with ExitStack() as stack:
        stack.callback(os.close, ours)
        demo = stack.enter_context(
            subprocess.Popen(
                command("--speed", "max"),
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
                env=surroundings(folder),
            )
        )
        stack.callback(demo.kill)
        os.close(theirs)
        said = b""

        def has_said(text: bytes) -> bool:
            nonlocal said
            said += os.read(ours, 4096)
            return text in said

        wait_until(lambda: has_said(b"Ctrl-C ends the demo."), what="the address of the board")
        found = re.search(rb"The board: (http://127\.0\.0\.1:[0-9]+/elections/pcc\.2024-05-02)", said)
        assert found is not None, said
        wait_until(lambda: has_said(b"The night is over."), what="the end of the night")

        def page() -> bytes:
            with urlopen(found[1].decode()) as answer:  # noqa: S310  # the demo's own address
                return bytes(answer.read())

        wait_until(lambda: b"<b>14</b> of 14 declared" in page(), what="the whole night on the board")
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(60) == 0
    assert left_behind(folder) == []
