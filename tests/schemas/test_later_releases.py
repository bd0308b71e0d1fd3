"""What a later release publishes is read by every reader of this one: nothing is parked, nothing stops.

On the ledger what is unknown stops aggregate: ``tests/tallywire/evidence/test_later_ledger.py``.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import IO, Any, Final, cast

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import ValidationError
from redis import Redis
from rich.console import Console
from typer.testing import CliRunner, Result

from schemas import tables
from schemas.events import HeadlineEvent, ReceiptEvent, ResultEvent
from schemas.headline import Headline
from schemas.receipt import Receipt
from services.aggregate.rules.standing import Standing
from services.aggregate.service import WIRING as AGGREGATE
from services.aggregate.service import aggregate_ledger
from streams.errors import Outdated
from streams.fold import START, Entry, fold
from streams.keys import CATALOGUE, Partition
from tallywire.cli import app
from tallywire.cli.demo_show import PeopleShow
from tallywire.client.connection import open_connection
from tallywire.client.follow import Follower, Published
from tallywire.embedded.server import EmbeddedServer
from tests.oracle.agreeing import ingested, parked
from tests.oracle.mischief import Night, nights
from tests.oracle.playing import Stage, aggregate, notify
from tests.schemas.later import UNKNOWN_FIELD, UNKNOWN_WORD, grown, of_later_release
from tests.services.declarations import synthetic_declaration
from tests.services.events import declaration_event, register_event
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_register
from tests.waiting import wait_until

NIGHTS: Final = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
KEYS: Final = Partition(ELECTION)
LEDGER: Final = [
    event.encode()
    for event in (
        register_event(synthetic_register()),
        declaration_event(TESTSHIRE, {"ann-example": 2_000, "bob-sample": 3_000, "cay-specimen": 500}),
        declaration_event(
            TESTSHIRE,
            {"ann-example": 2_000, "bob-sample": 3_100, "cay-specimen": 500},
            revision=2,
            sequence=3,
            rejected_by_head={"unmarked": 3},
        ),
    )
]
"""A register, a declaration and its correction."""

REGISTER_PARTS: Final = {table.name: table.value for table in (tables.REGISTER, tables.CONTESTS)}
"""The tables that hold no events."""

UNKNOWN_TYPE: Final = (
    b'{"specversion":"1.0","id":"1","source":"/x","type":"tallywire.mood.v1","subject":"uk","data":{}}'
)


def a_result() -> bytes:
    """Return a result with everything that a result may have, as it is published: the correction's."""
    stage = aggregate(ELECTION)
    stage.take(LEDGER)
    return stage.written["results"][-1]


# --- fields ---------------------------------------------------------------------------------------------------


def kept_by_later_release(stage: Stage) -> None:
    """Have everything that a stage has stored written by a later release, and start it again."""
    for (table, name), value in stage.records.items():
        if table in REGISTER_PARTS:
            stage.records[table, name] = json.dumps(grown(json.loads(value), REGISTER_PARTS[table])).encode()
        elif table.startswith("standing:"):
            stage.records[table, name] = of_later_release(value)
        elif table.startswith("notify:"):
            stage.records[table, name] = json.dumps(json.loads(value) | UNKNOWN_FIELD).encode()
    stage.restore()


def goes_on_as_before(make: Callable[[], Stage], events: Sequence[bytes]) -> None:
    """See that a stage that was taken over from a later release before every entry writes what it always would."""
    straight, taken_over = make(), make()
    straight.take(events)
    for event in events:
        taken_over.take([event])
        kept_by_later_release(taken_over)
    assert taken_over.written == straight.written
    assert parked(taken_over) == []


@NIGHTS
@given(night=nights())
def test_services_read_unknown_fields_at_every_depth(night: Night) -> None:
    """Promise: with an unknown field in every part of every result, tally, state of control and memory, the same bytes.

    What is unknown is dropped when it is read, so that what follows does not depend on who wrote it.
    """
    ledger = ingested(night, ()).written.get("ledger", [])
    goes_on_as_before(aggregate, ledger)
    counted = aggregate()
    counted.take(ledger)
    results = counted.written.get("results", [])
    goes_on_as_before(notify, results)
    plain, later = notify(), notify()
    plain.take(results)
    later.take([of_later_release(event) for event in results])
    assert later.written == plain.written


def test_an_unknown_field_is_put_into_every_part() -> None:
    """Promise: the tests here leave no part out: with unknown fields forbidden, each part would be refused for one."""
    with pytest.raises(ValidationError) as refused:
        ResultEvent.model_validate_json(of_later_release(a_result()), extra="forbid")
    errors = refused.value.errors()
    assert {error["type"] for error in errors} == {"extra_forbidden"}
    assert {
        (),
        ("data",),
        ("data", "contest"),
        ("data", "labels"),
        ("data", "outcomes", "sitting"),
        ("data", "turnout"),
        ("data", "candidates", 2),
        ("data", "parties", "PP52"),
        ("data", "progress", 0),
        ("data", "rejected_by_head"),
        ("data", "supersedes", "outcomes", "sitting"),
    } <= {error["loc"][:-1] for error in errors}


# --- words and types ------------------------------------------------------------------------------------------


@NIGHTS
@given(night=nights())
def test_notify_reads_unknown_words_and_types(night: Night) -> None:
    """Promise: of a kind of declaration that it does not know notify says nothing, and of all else what it can."""
    counted, later = aggregate(), notify()
    counted.take(ingested(night, ()).written.get("ledger", []))
    results = [of_later_release(event, words=True) for event in counted.written.get("results", [])]
    later.take([UNKNOWN_TYPE, *results, UNKNOWN_TYPE])
    assert parked(later) == []
    kinds = {json.loads(event)["data"]["kind"] for event in later.written.get("headlines", [])}
    assert kinds.isdisjoint({"gain", "hold", "win", "elected", "postponed", "withdrawal", "annulled"})


def test_what_only_a_later_release_could_say_is_not_corrected() -> None:
    """Promise: a result after one of an unknown kind is said as the first one is: nobody has read another from us."""
    unknown = of_later_release(a_result(), words=True)
    after = json.loads(a_result())
    after["data"]["supersedes"] = {**after["data"]["supersedes"], "kind": UNKNOWN_WORD, "revision": 1}
    said = notify()
    said.take([unknown, json.dumps(after).encode()])
    first = json.loads(said.written["headlines"][0])["data"]
    assert (first["kind"], first["text"]) == ("gain", "Labour gains Testshire")


def test_aggregate_goes_on_from_results_of_unknown_kinds() -> None:
    """Promise: what a later release has published is counted as it says itself, and what comes after replaces it."""
    stage = aggregate(ELECTION)
    stage.take(LEDGER[:2])
    result = stage.records["standing:results", TESTSHIRE]
    stage.records["standing:results", TESTSHIRE] = of_later_release(result, words=True)
    stage.restore()
    stage.take(LEDGER[2:])
    assert parked(stage) == []
    assert json.loads(stage.written["results"][-1])["data"]["supersedes"]["kind"] == UNKNOWN_WORD
    assert json.loads(stage.records["standing:tallies", "uk"])["data"]["declared"] == 1


@pytest.mark.parametrize(
    ("was", "now", "what"),
    [
        (b"tallywire.declaration.v1", b"tallywire.foo.v1", "an event of type tallywire.foo.v1 at entry 2"),
        (b'"revision"', b'"turned_away":3,"revision"', "a field data.turned_away at entry 2"),
        (b'"kind":"declared"', b'"kind":"provisional"', 'the word "provisional" for data.kind at entry 2'),
    ],
)
def test_what_aggregate_does_not_know_on_the_ledger_stops_it(was: bytes, now: bytes, what: str) -> None:
    """Promise: all follows from the ledger, so that nothing on it is passed over, and no entry parked for being new."""
    entry = Entry("2-0", {b"data": LEDGER[1].replace(was, now)})
    with pytest.raises(Outdated, match=re.escape(f"The ledger of {ELECTION} has {what}")):
        fold(AGGREGATE, aggregate_ledger, Standing(ELECTION), [entry])


# --- on a server ----------------------------------------------------------------------------------------------


def tallywire(server: EmbeddedServer, *arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner(env={"TALLYWIRE_REDIS_URL": server.url}).invoke(app, arguments)


@pytest.fixture
def election(redis_client: Redis) -> Redis:
    """Have an election on the server: its register, as a later release describes it, and its name in the catalogue."""
    register = json.loads(LEDGER[0])
    register["data"]["regions"]["england"] |= UNKNOWN_FIELD
    redis_client.xadd(KEYS.key("ledger"), {"data": json.dumps(register | {"desk": "A"})})
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    return redis_client


def a_headline(number: int) -> bytes:
    """Return a headline as it is published."""
    data = Headline(
        kind="gain",
        priority=3,
        text=f"Labour gains Testshire {number}",
        detail="By one vote.",
        ballot_id=TESTSHIRE,
        body=None,
        regions=("uk",),
        result_id="result-1",
        revision=1,
    )
    return HeadlineEvent(id=f"headline-{number}", source="/tallywire/notify", subject=TESTSHIRE, data=data).encode()


def test_watch_prints_headlines_of_unknown_kinds(server: EmbeddedServer, election: Redis) -> None:
    """Promise: the unknown reaches the reader, and an event of another type on the stream stops nobody."""
    later = of_later_release(a_headline(1), words=True)
    election.hset(KEYS.key("standing:results"), TESTSHIRE, of_later_release(a_result(), words=True))
    for event in (UNKNOWN_TYPE, later, a_headline(2)):
        election.xadd(KEYS.key("headlines"), {"data": event})
    with watching(server) as people, watching(server, "--json") as program:
        assert [people.readline() for _ in range(3)][::2] == [
            b"Labour gains Testshire 1\n",
            b"Labour gains Testshire 2\n",
        ]
        assert [program.readline() for _ in range(2)] == [later + b"\n", a_headline(2) + b"\n"]


@contextmanager
def watching(server: EmbeddedServer, *arguments: str) -> Iterator[IO[bytes]]:
    """Run ``tallywire watch`` from the first headline on, and return its output."""
    command = [sys.executable, "-m", "tallywire", "watch", "--from-start", "--redis", server.url, *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        with process.stdout:
            yield process.stdout
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_declare_prints_a_status_that_it_does_not_know(
    server: EmbeddedServer, election: Redis, tmp_path: Path, as_json: tuple[str, ...]
) -> None:
    """Promise: it is neither accepted nor refused: it is printed, a sentence says so, and the exit code is 4."""
    file = tmp_path / "declaration.json"
    file.write_text(json.dumps(synthetic_declaration()))

    def ingest_of_later_release() -> None:
        wait_until(lambda: election.xlen(KEYS.key("declarations")), what="the declaration")
        entry_id = cast("Any", election.xrange(KEYS.key("declarations")))[0][0].decode()
        data = Receipt(status="deferred", entry_id=entry_id, event_id=None, reasons=(), ledger_sequence=None)
        receipt = ReceiptEvent(id="receipt-1", source="/tallywire/ingest", subject=TESTSHIRE, data=data).encode()
        for event in (UNKNOWN_TYPE, of_later_release(receipt)):
            election.xadd(KEYS.key("receipts"), {"data": event})

    later = Thread(target=ingest_of_later_release)
    later.start()
    done = tallywire(server, "declare", str(file), *as_json)
    later.join()
    assert done.exit_code == 4
    if as_json:
        assert json.loads(done.stdout)["data"] == {
            **json.loads(done.stdout)["data"],
            "status": "deferred",
            **UNKNOWN_FIELD,
        }
    else:
        assert done.stdout.startswith(f"deferred   {TESTSHIRE}  (this version does not know what that means)")
    assert "Neither accepted nor refused, as far as this version" in done.stderr
    assert "1 of 1 sent, with the status deferred." in " ".join(done.stderr.split())


def test_tallies_prints_what_a_later_release_has_counted(server: EmbeddedServer, election: Redis) -> None:
    """Promise: the figures that this release knows are shown; to a program the event is given as it is."""
    stage = aggregate(ELECTION)
    stage.take(LEDGER)
    tally = stage.records["standing:tallies", "uk"]
    election.hset(KEYS.key("standing:tallies"), "uk", tally)
    as_today = tallywire(server, "tallies").stdout
    later = of_later_release(tally, words=True)
    election.hset(KEYS.key("standing:tallies"), "uk", later)
    assert tallywire(server, "tallies").stdout == as_today
    assert tallywire(server, "tallies", "--json").stdout_bytes == later + b"\n"


def test_a_follower_hands_on_whatever_is_published(server: EmbeddedServer, election: Redis) -> None:
    """Promise: a follower gets every event of a stream byte for byte, whatever its type."""
    published = [UNKNOWN_TYPE, of_later_release(a_result(), words=True)]
    for event in published:
        election.xadd(KEYS.key("results"), {"data": event})
    with open_connection(server.url) as connection:
        follower = Follower(connection.servers)
        follower.add(ELECTION, "results", START)
        assert [entry.event for entry in follower.read(1)] == published


def test_a_demo_shows_what_a_later_release_publishes() -> None:
    """Promise: unknown words, fields and types end no show."""
    output = StringIO()
    show = PeopleShow(Console(file=output, width=100), Console(file=StringIO()))
    later = [
        ("results", UNKNOWN_TYPE),
        ("results", of_later_release(a_result(), words=True)),
        ("headlines", UNKNOWN_TYPE),
        ("headlines", of_later_release(a_headline(1), words=True)),
    ]
    with show.night(synthetic_register()):
        for place, (stream, event) in enumerate(later, start=1):
            show.published(Published(ELECTION, stream, f"{place}-0", {b"data": event}))
    assert "Labour gains Testshire 1" in output.getvalue()
