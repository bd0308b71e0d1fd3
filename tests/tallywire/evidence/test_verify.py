"""``tallywire verify``: what is untouched is verified; whatever is touched is found, and named."""

import json
from collections.abc import Callable

import pytest
from redis import Redis

from tests.tallywire.evidence.conftest import Night, first_difference
from tests.tallywire.evidence.nights import (
    DERIVED_STREAMS,
    ELECTION,
    Entries,
    chained,
    entries,
    key,
    more_votes,
    payloads,
    rewrite,
    tallywire,
)

TABLES = (
    "ingest:register",
    "ingest:contests",
    "ingest:revisions",
    "ingest:stated",
    "ingest:taken",
    "standing:register",
    "standing:contests",
    "aggregate:declarations",
    "aggregate:changed",
    "standing:results",
    "standing:tallies",
    "standing:control",
    "notify:said",
    "notify:swing",
)


def alter(stream: Entries, place: int = 2) -> Entries:
    """Change one character of one entry."""
    entry_id, data = stream[place]
    return [*stream[:place], (entry_id, data.replace(b'"subject":"', b'"subject":"x', 1)), *stream[place + 1 :]]


def drop(stream: Entries) -> Entries:
    """Leave one entry out."""
    return [*stream[:2], *stream[3:]]


def cut(stream: Entries) -> Entries:
    """Leave the last entry out."""
    return stream[:-1]


def insert(stream: Entries) -> Entries:
    """Put an entry between two others."""
    milliseconds, _, counter = stream[1][0].partition(b"-")
    between = b"%s-%d" % (milliseconds, int(counter) + 1)
    room = [(b"%s-%d" % (entry_id.partition(b"-")[0], 1_000 + n), data) for n, (entry_id, data) in enumerate(stream)]
    return [*stream[:2], (between, stream[0][1]), *room[2:]]


def append(stream: Entries) -> Entries:
    """Put an entry at the end."""
    return [*stream, (b"99999999999999-0", stream[-1][1])]


def swap(stream: Entries) -> Entries:
    """Let two entries change places."""
    (first_id, first), (second_id, second) = stream[2:4]
    return [*stream[:2], (first_id, second), (second_id, first), *stream[4:]]


def test_an_untouched_night_is_verified(night: Night) -> None:
    """Exit code 0, with the chain and what follows from it, for people and for programs."""
    done = tallywire(night.url, "verify")
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"{ELECTION}: verified" in done.stdout
    found = json.loads(tallywire(night.url, "verify", "--json", "--election", ELECTION).stdout)
    assert found["verified"]
    assert found["size"] == night.client.xlen(key("ledger"))
    assert found["events"] == {stream: night.client.xlen(key(stream)) for stream in DERIVED_STREAMS}
    assert (found["behind"], found["failed"]) == ({}, {})


@pytest.mark.parametrize("change", [alter, drop, insert, swap], ids=lambda change: change.__name__)
def test_a_ledger_that_was_changed_is_found_at_that_entry(night: Night, change: Callable[[Entries], Entries]) -> None:
    """The third entry is the first that is not as it was; nothing after it is looked at."""
    rewrite(night.client, "ledger", change)
    found = first_difference(night)
    assert found["where"].startswith("ledger entry 3 (id ")
    assert found["what"].startswith("Its chain does not follow" if change is alter else "Another entry belongs here")


def test_a_number_left_out_is_found_where_the_chain_holds(night: Night) -> None:
    """A forger who chains anew must number anew, too."""

    def forge(ledger: Entries) -> Entries:
        return chained(ledger, first=2)

    rewrite(night.client, "ledger", forge)
    found = first_difference(night)
    assert (found["expected"], found["found"]) == ("sequence 1", "sequence 2")


@pytest.mark.parametrize("change", [cut, append], ids=lambda change: change.__name__)
def test_a_ledger_that_ends_elsewhere_contradicts_ingest(night: Night, change: Callable[[Entries], Entries]) -> None:
    """Ingest knows how far it has written, without any checkpoint."""
    size = night.client.xlen(key("ledger"))
    rewrite(night.client, "ledger", change)
    expected = f"ledger entry {size + 1} " if change is append else "ingest, field sequence:ledger"
    assert first_difference(night)["where"].startswith(expected)


def test_a_ledger_chained_anew_contradicts_the_results(night: Night) -> None:
    """A forger who moves votes in the ledger and recomputes its chain, ingest's head too, has to forge all the rest."""

    def forge(ledger: Entries) -> Entries:
        return chained(more_votes(ledger))

    rewrite(night.client, "ledger", forge)
    head = json.loads(payloads(night.client, "ledger")[-1])["chain"]
    night.client.hset(key("ingest"), "chain", head)
    assert first_difference(night)["where"].startswith("ingest:taken, field ")


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        (b'{"a":1,"acceptedtime":"2024-05-03T02:00:00.000Z","sequence":3}', "it is no event"),
        (b'{"a":1,"sequence":3}', "it does not end in acceptedtime"),
    ],
    ids=["no event", "no time"],
)
def test_a_ledger_entry_that_ingest_cannot_have_written_is_named(night: Night, entry: bytes, what: str) -> None:
    """A chain that holds makes no declaration of nonsense."""
    rewrite(night.client, "ledger", lambda ledger: chained([*ledger[:2], (ledger[2][0], entry)]))
    found = first_difference(night)
    assert found["where"].startswith("ledger entry 3 ")
    assert found["what"].startswith(f"Ingest cannot have accepted it: {what}")


@pytest.mark.parametrize("change", [alter, drop, insert, swap, cut, append], ids=lambda change: change.__name__)
@pytest.mark.parametrize("stream", DERIVED_STREAMS)
def test_a_stream_that_was_changed_is_found_at_that_entry(
    night: Night, stream: str, change: Callable[[Entries], Entries]
) -> None:
    """Named by stream, place and id."""
    length = night.client.xlen(key(stream))
    rewrite(night.client, stream, change)
    place = length if change is cut else length + 1 if change is append else 3
    found = first_difference(night)
    if change is cut and stream == "results":
        # Notify has read what is no longer there.
        assert found["where"] in (f"{stream}, entry {place}", "notify, field cursor")
    else:
        assert found["where"].partition(" (id")[0] == f"{stream}, entry {place}"


def test_the_changed_figure_is_named(night: Night) -> None:
    """Kilobytes of JSON are no answer: the path, what must be there and what is there."""
    uk = night.client.hget(key("standing:tallies"), "uk")
    night.client.hset(key("standing:tallies"), "uk", uk.replace(b'"declared":14', b'"declared":13'))
    found = first_difference(night)
    assert found == {
        "where": "standing:tallies, field uk",
        "what": "data.declared is another.",
        "expected": "14",
        "found": "13",
    }


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_was_changed_is_found_at_that_field(night: Night, table: str) -> None:
    """A field altered, lost or put in is named."""
    for name, value in list(night.client.hgetall(key(table)).items())[:1]:
        for tampered in (value + b" ", None):
            if tampered is None:
                night.client.hdel(key(table), name)
            else:
                night.client.hset(key(table), name, tampered)
            assert first_difference(night)["where"] == f"{table}, field {name.decode()}"
        night.client.hset(key(table), name, value)
    night.client.hset(key(table), "synthetic", "1")
    assert first_difference(night)["where"].partition(",")[0] == table


@pytest.mark.parametrize(
    ("stage", "field"),
    [
        ("notify", "form"),
        ("ingest", "sequence:ledger"),
        ("ingest", "chain"),
        ("aggregate", "sequence:results"),
        ("aggregate", "sequence:tallies"),
        ("notify", "sequence:headlines"),
        ("aggregate", "cursor"),
        ("notify", "cursor"),
    ],
)
@pytest.mark.parametrize("value", ["7", "99999999999999-0", "nonsense"])
def test_what_a_stage_says_of_itself_is_compared(night: Night, stage: str, field: str, value: str) -> None:
    """Head, numbers and cursors: with another one, what comes next would be wrong."""
    night.client.hset(key(stage), field, value)
    assert first_difference(night)["where"] == f"{stage}, field {field}"


def test_an_entry_with_another_field_is_found(night: Night) -> None:
    """A reader may look at the field that nobody checks."""
    for stream in ("ledger", "headlines"):
        night.client.xadd(key(stream), {"data": payloads(night.client, stream)[-1], "more": "1"})
        assert "one field" in first_difference(night)["what"]


@pytest.mark.parametrize("stream", ["ledger", *DERIVED_STREAMS])
@pytest.mark.parametrize("place", [2, -1])
def test_a_field_given_twice_is_found(night: Night, stream: str, place: int) -> None:
    """Readers take the first value or the last: both would be in the stream, and one follows from nothing."""
    kept = entries(night.client, stream)
    night.client.delete(key(stream))
    for entry_id, data in kept:
        twice = ["data", b'{"synthetic": "another"}'] if entry_id == kept[place][0] else []
        night.client.execute_command("XADD", key(stream), entry_id, *twice, "data", data)
    found = first_difference(night)
    number = place % len(kept) + 1
    assert found["where"] == f"{stream}{',' * (stream != 'ledger')} entry {number} (id {kept[place][0].decode()})"
    assert (found["expected"], found["found"]) == ("data", "data, given twice")


def test_a_key_of_another_kind_is_found(night: Night) -> None:
    """Named, not a crash."""
    night.client.set(key("headlines"), "nothing")
    assert first_difference(night) == {
        "where": "headlines",
        "what": "The key is of another kind.",
        "expected": "stream",
        "found": "string",
    }


def test_an_election_that_the_catalogue_has_lost_is_found(night: Night) -> None:
    """No service would ever read it."""
    night.client.delete("tallywire:elections")
    assert first_difference(night, "--election", ELECTION)["where"] == "tallywire:elections"


def test_the_first_difference_in_the_order_of_the_flow_is_named(night: Night) -> None:
    """What follows from a changed ledger differs, too, and is not what went wrong first."""
    rewrite(night.client, "headlines", alter)
    rewrite(night.client, "results", lambda results: alter(results, 5))
    assert first_difference(night)["where"].startswith("results, entry 6")
    rewrite(night.client, "ledger", lambda ledger: alter(ledger, 9))
    assert first_difference(night)["where"].startswith("ledger entry 10")


@pytest.mark.parametrize("stages", [("notify",), ("aggregate", "notify")], ids=" and ".join)
def test_a_service_that_is_behind_is_no_fault(night: Night, stages: tuple[str, ...]) -> None:
    """It is said to be behind, and by how much; exit code 0."""
    forget(night.client, stages)
    done = tallywire(night.url, "verify", "--json")
    behind = json.loads(done.stdout)["behind"]
    assert (done.exit_code, tuple(behind)) == (0, stages[:1])
    reads = {"aggregate": "ledger", "notify": "results"}[stages[0]]
    assert behind[stages[0]] == night.client.xlen(key(reads))
    assert f"{stages[0]} is behind" in tallywire(night.url, "verify").stdout


def forget(client: Redis, stages: tuple[str, ...]) -> None:
    """Undo what stages have done, as if they had not begun."""
    parts = {
        "aggregate": ("aggregate*", "standing:*", "results", "tallies"),
        "notify": ("notify*", "headlines"),
    }
    for stage in stages:
        for part in parts[stage]:
            for found in client.scan_iter(key(part).replace("{", "\\{")):
                client.delete(found)


def test_an_election_that_is_not_there_is_a_sentence(night: Night) -> None:
    """Exit code 6, with what there is."""
    done = tallywire(night.url, "verify", "--election", "pcc.2099-05-07")
    assert (done.exit_code, done.stdout) == (6, "")
    assert ELECTION in done.stderr
