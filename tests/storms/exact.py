"""Whether everything that was sent took effect, once. What is looked at is what the server holds at the end.

Three witnesses: what was sent and acknowledged; the naive recount of the ledger, which shares no code with the
services; and the services' own rules, folded over the ledger in memory, which must have written the same bytes.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from streams.chain import follows, origin
from streams.keys import Partition
from tallywire.client.connection import find_servers
from tallywire.client.progress import PIPELINE
from tests.oracle import playing
from tests.oracle.comparing import control_differences, result_differences, tally_differences
from tests.oracle.councils import certain_by_party, control
from tests.oracle.elections import ELECTION
from tests.oracle.recount import Json, hear, results
from tests.oracle.regions import tallies
from tests.storms.mortal import REASON, poisoned

STREAMS: Final = ("declarations", "ledger", "receipts", "refusals", "results", "tallies", "headlines")
READS: Final = dict(PIPELINE)
NO_POISON: Final[Mapping[str, tuple[str, ...]]] = {}
SHOWN_MAX: Final = 10
"""Faults listed; a thousand of one kind say no more."""


class Found:
    """What lies on the server."""

    def __init__(self, url: str, election: str = ELECTION) -> None:
        self.election = election
        keys = Partition(election)
        client: Any = find_servers(url).at(keys.key(""))
        self.streams: dict[str, list[tuple[str, bytes]]] = {
            name: [(entry_id.decode(), fields[b"data"]) for entry_id, fields in client.xrange(keys.key(name))]
            for name in (*STREAMS, *(f"parked-{service}" for service in READS))
        }
        tables = (*playing.aggregate().wiring.tables, *playing.notify().wiring.tables)
        self.tables: dict[str, dict[str, bytes]] = {
            table.name: {field.decode(): value for field, value in client.hgetall(keys.key(table.name)).items()}
            for table in tables
        }
        client.close()

    def events(self, stream: str) -> list[bytes]:
        """Return the events on a stream."""
        return [event for _, event in self.streams[stream]]


def assert_exact(
    url: str,
    acknowledged: Mapping[str, bytes],
    expected: Collection[bytes],
    poison: Mapping[str, tuple[str, ...]] = NO_POISON,
    election: str = ELECTION,
) -> None:
    """Check that everything took effect once.

    Args:
        url: the server, or the servers.
        acknowledged: what the server has confirmed, by entry id.
        expected: every message that was sent, each once.
        poison: by service, the texts that its rule failed on; what holds one is to be parked there.
        election: of which election.

    Raises:
        AssertionError: with what is wrong.
    """
    found = Found(url, election)
    parked = {service: parked_by(found, service, poison) for service in READS}
    wrong = [*_received(found, acknowledged, parked["ingest"]), *_on_the_ledger(found, expected, parked["ingest"])]
    wrong += [*_parked(found, parked), *_numbered(found), *_follows_from_the_ledger(found, poison)]
    wrong += _recounted(found, parked["aggregate"])
    assert not wrong, _told(wrong)


def parked_by(found: Found, service: str, poison: Mapping[str, tuple[str, ...]]) -> dict[str, bytes]:
    """Return the entries that a service cannot but park, by id."""
    texts = [text.encode() for text in poison.get(service, ())]
    return {
        entry_id: event for entry_id, event in found.streams[READS[service]] if any(text in event for text in texts)
    }


def _told(wrong: list[str]) -> str:
    rest = len(wrong) - SHOWN_MAX
    return "\n".join((*wrong[:SHOWN_MAX], *((f"and {rest} more",) if rest > 0 else ())))


def _received(found: Found, acknowledged: Mapping[str, bytes], parked: Collection[str]) -> Iterator[str]:
    """Nothing acknowledged is missing, and each entry has one receipt, which says what became of it."""
    declarations = dict(found.streams["declarations"])
    for entry_id, message in acknowledged.items():
        if declarations.get(entry_id) != message:
            yield f"entry {entry_id} was acknowledged and is not there"
    declarations = {entry_id: message for entry_id, message in declarations.items() if entry_id not in parked}
    receipts = [json.loads(event)["data"] for event in found.events("receipts")]
    if [receipt["entry_id"] for receipt in receipts] != list(declarations):
        yield f"{len(declarations)} entries and {len(receipts)} receipts are not one for one, in order"
    places: dict[bytes, int] = {}
    for receipt in receipts:
        message = declarations.get(receipt["entry_id"], b"")
        status = "duplicate" if message in places else "accepted"
        place = places.setdefault(message, len(places) + 1)
        if (receipt["status"], receipt["ledger_sequence"]) != (status, place):
            yield f"the receipt of {receipt['entry_id']} says {receipt}, not {status} at {place}"


def _on_the_ledger(found: Found, expected: Collection[bytes], parked: Mapping[str, bytes]) -> Iterator[str]:
    """Each message is there once, as it was sent, where its receipt says; the chain is whole."""
    ledger = found.events("ledger")
    first_sent = list(dict.fromkeys(message for _, message in found.streams["declarations"]))
    if set(first_sent) != set(expected):
        yield f"{len(set(first_sent) ^ set(expected))} messages are not both expected and on the declarations stream"
    set_aside = set(parked.values())
    first_sent = [message for message in first_sent if message not in set_aside]
    if len(ledger) != len(first_sent):
        yield f"the ledger has {len(ledger)} entries for {len(first_sent)} messages"
    chain: str | None = origin(found.election)
    for place, entry in enumerate(ledger):
        if place < len(first_sent) and not entry.startswith(first_sent[place][:-1]):
            yield f"ledger entry {place + 1} is not what was sent"
        chain = follows(chain, entry) if chain else None
        if chain is None:
            yield f"the chain breaks at ledger entry {place + 1}"
            break


def _parked(found: Found, expected: Mapping[str, Collection[str]]) -> Iterator[str]:
    """What our rules fail on is set aside, each entry once and with its reason; nothing else is."""
    for service, ids in expected.items():
        parked = [json.loads(event)["data"] for event in found.events(f"parked-{service}")]
        reasons = {entry["reason"] for entry in parked}
        if [entry["entry_id"] for entry in parked] != list(ids):
            yield f"{service} parked {len(parked)} entries, not the {len(ids)} bad ones: {sorted(reasons)[:1]}"
        if not reasons <= {REASON}:
            yield f"{service} parked for other reasons than the fault put there: {sorted(reasons)}"


def _numbered(found: Found) -> Iterator[str]:
    """Yield which stream has gaps in its numbers, or an id twice."""
    for name in found.streams:
        if name == "declarations":
            continue
        events = [json.loads(event) for event in found.events(name)]
        if [event["sequence"] for event in events] != list(range(1, len(events) + 1)):
            yield f"the numbers on {name} have gaps"
        twice = [event_id for event_id, count in Counter((e["source"], e["id"]) for e in events).items() if count > 1]
        if name != "ledger" and twice:
            yield f"{len(twice)} events are twice on {name}, first {twice[0]}"


def _follows_from_the_ledger(found: Found, poison: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield which stream or table has other bytes than the rules give, folded over the ledger in memory."""
    aggregate, notify = playing.aggregate(found.election), playing.notify(found.election)
    for stage in (aggregate, notify):
        stage.rule = poisoned(stage.rule, poison.get(stage.wiring.stage, ()))
    aggregate.take(found.events("ledger"))
    notify.take(found.events("results"))
    for stage, streams in ((aggregate, ("results", "tallies")), (notify, ("headlines",))):
        for stream in streams:
            live, folded = found.events(stream), stage.written.get(stream, [])
            if live != folded:
                place = next((n for n, pair in enumerate(zip(live, folded, strict=False)) if pair[0] != pair[1]), None)
                yield f"{stream}: {len(live)} events, {len(folded)} in memory, first difference at {place}"
        for table in stage.wiring.tables:
            folded_table = {field: value for (of, field), value in stage.records.items() if of == table.name}
            if found.tables[table.name] != folded_table:
                yield f"table {table.name} is not what the fold in memory keeps"


def _recounted(found: Found, parked: Collection[str]) -> Iterator[str]:
    """Yield where results, tallies and control differ from the naive recount of the ledger."""
    heard = hear(json.loads(entry) for entry_id, entry in found.streams["ledger"] if entry_id not in parked)
    bodies = {slug: control(heard, slug, certain_by_party(heard, slug)) for slug in heard.register["bodies"]}
    for table, expected, differences in (
        ("results", results(heard), result_differences),
        ("tallies", tallies(heard), tally_differences),
        ("control", bodies, control_differences),
    ):
        published = _data(found.tables[f"standing:{table}"])
        if published.keys() != expected.keys():
            yield f"{table}: {sorted(published.keys() ^ expected.keys())[:SHOWN_MAX]} on one side only"
        for name in published.keys() & expected.keys():
            yield from (f"{name}: {words}" for words in differences(published[name], expected[name]))


def _data(table: Mapping[str, bytes]) -> dict[str, Json]:
    def data(event: bytes) -> Any:  # noqa: ANN401  # any JSON
        return json.loads(event)["data"]

    return {name: data(event) for name, event in table.items()}
