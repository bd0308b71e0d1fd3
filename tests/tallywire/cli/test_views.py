"""``watch`` and ``tallies``: what is on the server is what people and programs see."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from redis import Redis
from typer.testing import CliRunner, Result

from schemas.events import HeadlineEvent, TallyEvent
from schemas.headline import Headline
from schemas.tally import PartyTally, Tally
from streams.keys import CATALOGUE
from tallywire.cli import app
from tallywire.embedded.server import EmbeddedServer
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_register
from tests.waiting import wait_until


@pytest.fixture
def loaded(redis_client: Redis) -> None:
    """Have the synthetic election loaded: its register in the public table, its name in the catalogue."""
    redis_client.hset(f"{{{ELECTION}}}:standing:register", "election", synthetic_register().head().encode())
    redis_client.xadd(CATALOGUE, {"election": ELECTION})


def publish_headline(redis_client: Redis, number: int, election: str = ELECTION, *, priority: int = 3) -> bytes:
    """Publish a headline and return it as published."""
    event = HeadlineEvent(
        id=f"headline-{number}",
        source="/tallywire/notify",
        subject=TESTSHIRE,
        sequence=number,
        data=Headline(
            kind="gain",
            priority=priority,
            body=None,
            text=f"Labour gains Testshire {number}",
            detail="By one vote.",
            ballot_id=TESTSHIRE,
            regions=("uk",),
            result_id=f"result-{number}",
            revision=number,
        ),
    ).encode()
    redis_client.xadd(f"{{{election}}}:headlines", {"data": event})
    return event


def keep_tally(redis_client: Redis, region: str, name: str, expected: int = 3) -> bytes:
    """Let a region have a standing and return its event as published."""
    count = PartyTally(won=1, held=0, gained=1, lost=0, net=1, votes=12_345)
    tally = Tally(
        region=region,
        name=name,
        baseline="previous_election",
        declared=1,
        expected=expected,
        seats_declared=1,
        seats_expected=expected,
        postponed=0,
        next_expected=None,
        changed=(TESTSHIRE,),
        parties={"PP53": count},
    )
    event = TallyEvent(id=f"tally-{region}", source="/tallywire/aggregate", subject=region, data=tally).encode()
    redis_client.hset(f"{{{ELECTION}}}:standing:tallies", region, event)
    return event


def tallies(server: EmbeddedServer, *arguments: str) -> Result:
    """Run ``tallywire tallies``."""
    return CliRunner().invoke(app, ["tallies", "--redis", server.url, *arguments])


@contextmanager
def watching(server: EmbeddedServer, redis_client: Redis, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run ``tallywire watch`` as a process, from when it waits for entries until it is interrupted."""
    command = [sys.executable, "-m", "tallywire", "watch", "--redis", server.url, *arguments]
    with ExitStack() as stack:
        process = stack.enter_context(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        )
        stack.callback(process.kill)
        wait_until(lambda: redis_client.info("clients")["blocked_clients"], what="the watch to wait for headlines")
        yield process


def lines(process: "subprocess.Popen[str]", count: int) -> list[str]:
    """Return the next lines that a process prints."""
    assert process.stdout is not None
    return [process.stdout.readline() for _ in range(count)]


def test_tallies_are_told_for_every_region_with_how_many_are_counted(
    server: EmbeddedServer, redis_client: Redis, loaded: None
) -> None:
    """The register's order and names; partial says so."""
    keep_tally(redis_client, "north-testing", "North Testing")
    keep_tally(redis_client, "uk", "United Kingdom", expected=4)
    shown = tallies(server).stdout
    assert shown.index("United Kingdom - 1 of 4 declared") < shown.index("North Testing - 1 of 3 declared")
    assert "Labour                             1      0        1      0     +1       12,345" in shown


def test_tallies_for_programs_are_the_events_as_published(
    server: EmbeddedServer, redis_client: Redis, loaded: None
) -> None:
    """One event a line, byte for byte."""
    nation = keep_tally(redis_client, "uk", "United Kingdom")
    region = keep_tally(redis_client, "north-testing", "North Testing")
    assert tallies(server, "--json").stdout_bytes == nation + b"\n" + region + b"\n"
    assert tallies(server, "--json", "--region", "north-testing").stdout_bytes == region + b"\n"


def test_a_region_without_a_tally_is_a_mistake(server: EmbeddedServer, redis_client: Redis, loaded: None) -> None:
    """A region misspelt is named beside those that are there."""
    keep_tally(redis_client, "uk", "United Kingdom")
    result = tallies(server, "--region", "ukk")
    assert result.exit_code == 6
    assert result.stderr == "There is no region ukk. There are: uk.\n"


def test_where_nothing_is_tallied_the_service_is_named(server: EmbeddedServer, loaded: None) -> None:
    """A loaded election has its tallies at once, of none declared: without them, aggregate is not running."""
    result = tallies(server)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "tallywire aggregate" in result.stderr


def test_tallies_that_somebody_garbled_are_named(server: EmbeddedServer, redis_client: Redis, loaded: None) -> None:
    """What cannot be read is no fault of ours: table and field are named, and what to do; exit code 1."""
    keep_tally(redis_client, "uk", "United Kingdom")
    redis_client.hset(f"{{{ELECTION}}}:standing:tallies", "north-testing", '{"garbage')
    result = tallies(server)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"What stands for north-testing in {{{ELECTION}}}:standing:tallies is no tally." in result.stderr
    assert "tallywire verify" in result.stderr


def test_tallies_of_an_election_whose_register_is_garbled_say_so(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: the table that holds garbage in the register's place is named."""
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    redis_client.hset(f"{{{ELECTION}}}:standing:register", "election", "no register")
    keep_tally(redis_client, "uk", "United Kingdom")
    result = tallies(server)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"What {{{ELECTION}}}:standing:register holds is no register." in result.stderr
    assert "tallywire verify" in result.stderr


def test_without_an_election_there_are_no_tallies(server: EmbeddedServer, redis_client: Redis) -> None:
    """The command that loads one is named."""
    result = tallies(server)
    assert (result.exit_code, result.stdout) == (6, "")
    assert "tallywire election load" in result.stderr


def test_watch_tells_what_comes_not_what_was(server: EmbeddedServer, redis_client: Redis, loaded: None) -> None:
    """From now on, each headline as it is published; Ctrl-C ends it quietly with 130."""
    publish_headline(redis_client, 1)
    with watching(server, redis_client) as process:
        publish_headline(redis_client, 2)
        assert lines(process, 2) == ["Labour gains Testshire 2\n", "  By one vote.\n"]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (out, process.returncode) == ("", 130)
        assert err == f"Waiting for headlines of {ELECTION}; Ctrl-C ends this.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "No election is loaded yet. Waiting for one; Ctrl-C ends this.\n"),
        (
            ("--election", "pcc.2031-05-01"),
            "The election pcc.2031-05-01 is not loaded yet. Waiting for it; Ctrl-C ends this.\n",
        ),
    ],
    ids=["any", "one"],
)
def test_watch_says_what_it_waits_for(
    server: EmbeddedServer, redis_client: Redis, arguments: tuple[str, ...], said: str
) -> None:
    """Promise: while nothing comes a person sees that it waits, and for what; programs read standard output alone."""
    with watching(server, redis_client, "--json", *arguments) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == said


def test_watch_can_leave_out_what_is_not_loud(server: EmbeddedServer, redis_client: Redis, loaded: None) -> None:
    """A subscriber filters by priority: 1 and 2 are told, 3 and what is quieter is not."""
    for number, priority in enumerate((3, 2, 5, 1), start=1):
        publish_headline(redis_client, number, priority=priority)
    with watching(server, redis_client, "--from-start", "--priority", "2") as process:
        told = lines(process, 4)
    assert told[::2] == ["Labour gains Testshire 2\n", "Labour gains Testshire 4\n"]


def test_watch_from_the_start_for_programs(server: EmbeddedServer, redis_client: Redis, loaded: None) -> None:
    """One event a line, byte for byte, what was published before included."""
    events = [publish_headline(redis_client, number).decode() + "\n" for number in (1, 2)]
    with watching(server, redis_client, "--from-start", "--json") as process:
        assert lines(process, 2) == events


def test_watch_takes_up_an_election_loaded_later(server: EmbeddedServer, redis_client: Redis) -> None:
    """A newsroom may open its watch before anything is loaded."""
    with watching(server, redis_client) as process:
        publish_headline(redis_client, 1, "pcc.2031-05-01")
        redis_client.xadd(CATALOGUE, {"election": "pcc.2031-05-01"})
        assert lines(process, 1) == ["Labour gains Testshire 1\n"]


def test_watch_passes_over_what_is_no_headline(server: EmbeddedServer, redis_client: Redis, loaded: None) -> None:
    """An entry that somebody put there by hand stops nobody from reading on."""
    with watching(server, redis_client) as process:
        redis_client.xadd(f"{{{ELECTION}}}:headlines", {"data": "nonsense"})
        redis_client.xadd(f"{{{ELECTION}}}:headlines", {"other": "field"})
        publish_headline(redis_client, 3)
        assert lines(process, 1) == ["Labour gains Testshire 3\n"]


def test_watch_tells_a_headline_whose_result_somebody_garbled(
    server: EmbeddedServer, redis_client: Redis, loaded: None
) -> None:
    """What the colour is looked up in may be garbage; the headline is news all the same."""
    redis_client.hset(f"{{{ELECTION}}}:standing:results", TESTSHIRE, '{"garbage')
    with watching(server, redis_client) as watch:
        publish_headline(redis_client, 1)
        assert "Labour gains Testshire 1" in lines(watch, 1)[0]


def test_watch_waits_for_a_server_that_went_away(server: EmbeddedServer, redis_client: Redis, loaded: None) -> None:
    """A server that is started again goes on telling: nothing is missed, nothing said twice."""
    with watching(server, redis_client) as process:
        publish_headline(redis_client, 1)
        assert lines(process, 2)[0] == "Labour gains Testshire 1\n"
        server.kill()
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Waiting for headlines")
        assert process.stderr.readline().startswith("The server is away.")
        server.start()
        publish_headline(redis_client, 2)
        assert lines(process, 2)[0] == "Labour gains Testshire 2\n"
