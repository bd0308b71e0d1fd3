"""Whether everything that was sent took effect, once. What is looked at is what the server holds at the end.

Three witnesses: what was sent and acknowledged; the naive recount of the ledger, which shares no code with the
services; and the services' own rules, folded over the ledger in memory, which must have written the same bytes.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

from schemas.streams import STREAMS
from streams.chain import follows, origin
from streams.keys import Partition
from tests.oracle import playing
from tests.oracle.agreeing import result_faults
from tests.oracle.comparing import control_differences, tally_differences
from tests.oracle.councils import certain_by_party, control
from tests.oracle.headlines import about_seats
from tests.oracle.recount import Json, hear
from tests.oracle.regions import tallies
from tests.pipeline.faults import REASON, poisoned

READS: Final = {"ingest": "declarations", "aggregate": "ledger", "notify": "results"}
"""Each service with the stream it reads, in the order of the flow."""

SHOWN_MAX: Final = 10
"""Faults listed; a thousand of one kind say no more."""

Poison = Mapping[str, tuple[str, ...]]


class Election:
    """Everything that a server holds of one election.

    Args:
        client: a client of the server.
        name: the election.
    """

    def __init__(self, client: Any, name: str) -> None:  # noqa: ANN401  # redis-py types every answer as "or awaitable"
        self.name = name
        key = Partition(name).key
        self.entries: dict[str, dict[bytes, bytes]] = {
            entry_id.decode(): fields for entry_id, fields in client.xrange(key("declarations"))
        }
        """What was sent, by entry id."""
        self.streams: dict[str, list[tuple[str, bytes]]] = {
            stream.name: [(entry_id.decode(), fields[b"data"]) for entry_id, fields in client.xrange(key(stream.name))]
            for stream in STREAMS
            if stream.name != "declarations"
        }
        """Ids and events of each stream that the services write."""
        self._events: dict[str, list[Json]] = {}
        tables = (*playing.aggregate().wiring.tables, *playing.notify().wiring.tables)
        self.tables: dict[str, dict[str, bytes]] = {
            table.name: {field.decode(): value for field, value in client.hgetall(key(table.name)).items()}
            for table in tables
        }

    def written(self, stream: str) -> list[bytes]:
        """Return the events on a stream, byte for byte."""
        return [event for _, event in self.streams[stream]]

    def events(self, stream: str) -> list[Json]:
        """Return the events on a stream."""
        if stream not in self._events:
            self._events[stream] = [json.loads(event) for event in self.written(stream)]
        return self._events[stream]

    def standing(self, table: str) -> dict[str, Json]:
        """Return the data of what stands: ``results`` by ballot id, ``tallies`` by region, ``control`` by body."""
        return {name: json.loads(event)["data"] for name, event in self.tables[f"standing:{table}"].items()}

    def sent(self, service: str) -> list[tuple[str, bytes]]:
        """Return ids and events of the stream that a service reads."""
        if service == "ingest":
            return [(entry_id, fields.get(b"data", b"")) for entry_id, fields in self.entries.items()]
        return self.streams[READS[service]]

    def unparkable(self, service: str, poison: Poison) -> dict[str, bytes]:
        """Return the entries that a service cannot but park, by id."""
        texts = [text.encode() for text in poison.get(service, ())]
        return {entry_id: event for entry_id, event in self.sent(service) if any(text in event for text in texts)}


def check_exact(
    found: Election,
    *,
    expected: Collection[bytes] | None = None,
    acknowledged: Mapping[str, bytes] | None = None,
    poison: Poison | None = None,
) -> None:
    """Check that everything took effect once.

    Args:
        found: what the server holds.
        expected: every message that is to be accepted, each once; None where refusals are part of the test.
        acknowledged: what the server has confirmed, by entry id.
        poison: by service, the texts that its rule failed on; what holds one is to be parked there.

    Raises:
        AssertionError: with what is wrong.
    """
    poison = poison or {}
    parked = {service: found.unparkable(service, poison) for service in READS}
    wrong = [*_received(found, acknowledged or {}, parked["ingest"]), *_chained(found)]
    wrong += _as_expected(found, expected, parked["ingest"])
    wrong += [*_parked(found, parked), *_numbered(found), *_follows_from_the_ledger(found, poison)]
    wrong += [*_recounted(found, parked["aggregate"]), *_told(found, parked["notify"])]
    rest = len(wrong) - SHOWN_MAX
    assert not wrong, "\n".join((*wrong[:SHOWN_MAX], *((f"and {rest} more",) if rest > 0 else ())))


def check_contract(found: Election) -> None:
    """Check that every event is of a type that its stream has, and is what its committed schema says."""
    types = {stream.name: {event.model_fields["type"].default for event in stream.events} for stream in STREAMS}
    for name in found.streams:
        for event in found.events(name):
            assert event["type"] in types[name]
            _validator(event["type"]).validate(event)


@cache
def _validator(event_type: str) -> Any:  # noqa: ANN401  # jsonschema's validators have no public type
    name = event_type.removeprefix("tallywire.")
    schema = Path(__file__).parents[2] / "schemas" / "json" / f"{name}.json"
    return Draft202012Validator(json.loads(schema.read_text("utf-8")))


def _received(found: Election, acknowledged: Mapping[str, bytes], parked: Collection[str]) -> Iterator[str]:
    """Nothing acknowledged is missing, and each entry has one receipt, which says what became of it."""
    messages = dict(found.sent("ingest"))
    for entry_id, message in acknowledged.items():
        if messages.get(entry_id) != message:
            yield f"entry {entry_id} was acknowledged and is not there"
    receipts = [event["data"] for event in found.events("receipts")]
    if [receipt["entry_id"] for receipt in receipts] != [entry_id for entry_id in messages if entry_id not in parked]:
        yield f"{len(messages)} entries and {len(receipts)} receipts are not one for one, in order"
    refused = [receipt["entry_id"] for receipt in receipts if receipt["status"] == "refused"]
    if [event["data"]["entry_id"] for event in found.events("refusals")] != refused:
        yield "the refusals are not those that the receipts tell of"
    ledger, places = found.written("ledger"), dict[bytes, int]()
    for receipt in receipts:
        message, place = messages.get(receipt["entry_id"], b""), receipt["ledger_sequence"]
        match receipt["status"]:
            case "accepted":
                places.setdefault(message, len(places) + 1)
                as_sent = place <= len(ledger) and ledger[place - 1].startswith(message.rstrip()[:-1])
                right = place == len(places) == places[message] and as_sent
            case "duplicate":
                right = place == places.get(message, place) and place <= len(places)
            case _:
                right = message not in places
        if not right:
            yield f"the receipt of {receipt['entry_id']} cannot be: {receipt}"
    if len(places) != len(ledger):
        yield f"the ledger has {len(ledger)} entries for {len(places)} that were accepted"


def _chained(found: Election) -> Iterator[str]:
    """Yield where the chain breaks."""
    chain: str | None = origin(found.name)
    for place, entry in enumerate(found.written("ledger"), start=1):
        chain = follows(chain, entry) if chain else None
        if chain is None:
            yield f"the chain breaks at ledger entry {place}"
            return


def _as_expected(found: Election, expected: Collection[bytes] | None, parked: Mapping[str, bytes]) -> Iterator[str]:
    """What was expected was sent; nothing of it was refused, and nothing else was sent."""
    if expected is None:
        return
    sent = {message for _, message in found.sent("ingest")}
    if sent != set(expected):
        yield f"{len(sent ^ set(expected))} messages are not both expected and on the declarations stream"
    missing = len(set(expected) - set(parked.values())) - len(found.streams["ledger"])
    if missing:
        yield f"{missing} messages were not accepted"


def _parked(found: Election, expected: Mapping[str, Collection[str]]) -> Iterator[str]:
    """What our rules fail on is set aside, each entry once and with its reason; nothing else is."""
    for service, ids in expected.items():
        parked = [event["data"] for event in found.events(f"parked-{service}")]
        reasons = {entry["reason"] for entry in parked}
        if [entry["entry_id"] for entry in parked] != list(ids):
            yield f"{service} parked {len(parked)} entries, not the {len(ids)} bad ones: {sorted(reasons)[:1]}"
        if not reasons <= {REASON}:
            yield f"{service} parked for other reasons than the fault put there: {sorted(reasons)}"


def _numbered(found: Election) -> Iterator[str]:
    """Yield which stream has gaps in its numbers, or an id twice."""
    for name in found.streams:
        events = found.events(name)
        if [event["sequence"] for event in events] != list(range(1, len(events) + 1)):
            yield f"the numbers on {name} have gaps"
        twice = [event_id for event_id, count in Counter((e["source"], e["id"]) for e in events).items() if count > 1]
        if twice:
            yield f"{len(twice)} events are twice on {name}, first {twice[0]}"


def _follows_from_the_ledger(found: Election, poison: Poison) -> Iterator[str]:
    """Yield which stream or table has other bytes than the rules give, folded over the ledger in memory."""
    aggregate, notify = playing.aggregate(found.name), playing.notify(found.name)
    for stage in (aggregate, notify):
        stage.rule = poisoned(stage.rule, poison.get(stage.wiring.stage, ()))
    aggregate.take(found.written("ledger"))
    notify.take(found.written("results"))
    for stage, streams in ((aggregate, ("results", "tallies")), (notify, ("headlines",))):
        for stream in streams:
            live, folded = found.written(stream), stage.written.get(stream, [])
            if live != folded:
                place = next((n for n, pair in enumerate(zip(live, folded, strict=False)) if pair[0] != pair[1]), None)
                yield f"{stream}: {len(live)} events, {len(folded)} in memory, first difference at {place}"
        for table in stage.wiring.tables:
            folded_table = {field: value for (of, field), value in stage.records.items() if of == table.name}
            if found.tables[table.name] != folded_table:
                yield f"table {table.name} is not what the fold in memory keeps"


def _recounted(found: Election, parked: Collection[str]) -> Iterator[str]:
    """Yield where results, tallies and control differ from the naive recount of the ledger."""
    heard = hear(json.loads(entry) for entry_id, entry in found.streams["ledger"] if entry_id not in parked)
    bodies = heard.register.get("bodies", {})
    states = {slug: control(heard, slug, certain_by_party(heard, slug)) for slug in bodies}
    yield from result_faults(dict(found.standing("results")), heard)
    for table, expected, differences in (
        ("tallies", tallies(heard), tally_differences),
        ("control", states, control_differences),
    ):
        published = found.standing(table)
        if published.keys() != expected.keys():
            yield f"{table}: {sorted(published.keys() ^ expected.keys())[:SHOWN_MAX]} on one side only"
        for name in published.keys() & expected.keys():
            yield from (f"{name}: {words}" for words in differences(published[name], expected[name]))


def _told(found: Election, parked: Collection[str]) -> Iterator[str]:
    """Each result has one headline of its own."""
    entry_ids = (entry_id for entry_id, _ in found.streams["results"])
    results = zip(entry_ids, found.events("results"), strict=True)
    about = Counter(said["data"]["result_id"] for said in found.events("headlines") if about_seats(said))
    expected = Counter(
        event["id"] for entry_id, event in results if event["type"] == "tallywire.result.v1" and entry_id not in parked
    )
    if about != expected:
        yield f"{len((about - expected) + (expected - about))} results have not one headline each"
