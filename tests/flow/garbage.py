"""What may arrive besides declarations: each by its name, with the codes of the reasons that its sender is given."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from tests.flow.night import as_event

Facts = dict[str, Any]


class Garbage(NamedTuple):
    """An entry that must be refused."""

    name: str
    codes: tuple[str, ...]
    """Codes among its reasons; more may be given."""
    entry: Sequence[bytes]
    """Field names and values, one after another."""


MEGABYTE: Final = 1_000_000
DEPTH: Final = 10_000


def garbage(ballot: str, candidates: Sequence[str], electorate: int) -> Iterator[Garbage]:
    """Yield everything that a stranger may send about a contest with that electorate and those candidates."""
    for place, (name, codes, data) in enumerate(_wrong_declarations(ballot, candidates, electorate)):
        yield Garbage(name, codes, (b"data", as_event(str(data.get("ballot_id")), f"garbage-{place}", data)))
    votes = {candidate: place for place, candidate in enumerate(candidates)}
    good = as_event(ballot, "garbage-good", {"ballot_id": ballot, "revision": 9, "votes": votes})
    for name, code, raw in _wrong_bytes(good):
        yield Garbage(name, (code,), (b"data", raw))
    yield Garbage("no field data", ("entry.no_data",), (b"payload", good))
    yield Garbage("binary field names", ("entry.no_data",), (b"\xff\x00", b"\x00\xff", b"", b""))
    yield Garbage(
        "data twice", ("entry.data_twice",), (b"data", good, b"data", good.replace(b"garbage-good", b"another"))
    )


def _wrong_declarations(
    ballot: str, candidates: Sequence[str], electorate: int
) -> Iterator[tuple[str, tuple[str, ...], Facts]]:
    """Yield name, codes and data of declarations with something wrong in them."""
    first, *others = candidates
    votes: Facts = {candidate: 100 + place for place, candidate in enumerate(candidates)}
    good: Facts = {"ballot_id": ballot, "revision": 9, "votes": votes}

    def counted(count: object) -> Facts:
        return {**good, "votes": {**votes, first: count}}

    yield "wrong types", ("revision.text", "votes.not_an_object"), {**good, "revision": "nine", "votes": [1, 2]}
    yield "a vote of 1833.0", ("votes.fraction",), counted(1833.0)
    yield 'a vote of "1,833"', ("votes.text",), counted("1,833")
    yield "a vote of true", ("votes.true_or_false",), counted(True)
    yield "a negative vote", ("votes.negative",), counted(-1)
    yield "a vote of 10^30", ("votes.too_large",), counted(10**30)
    yield "votes above the electorate", ("votes.above_electorate",), counted(electorate + 1)
    yield "an unknown candidate", ("candidate.unknown",), {**good, "votes": {**votes, "nobody": 5}}
    yield "a missing candidate", ("candidate.missing",), {**good, "votes": {name: votes[name] for name in others}}
    elsewhere = "mayor.elsewhere.2030-05-02"
    yield "another election's contest", ("contest.other_election",), {**good, "ballot_id": elsewhere}
    yield "revision 0", ("revision.too_small",), {**good, "revision": 0}
    yield "a time without offset", ("declared_at.no_offset",), {**good, "declared_at": "2030-05-03T03:10:00"}
    marked = "Rita \u202eSynthetic"
    yield "a right-to-left mark in a name", ("text.invisible_character",), {**good, "returning_officer": marked}
    five = {
        **good,
        "revision": 0,
        "votes": {**{name: votes[name] for name in others}, "nobody": 5},
        "declared_at": "2030-05-03T03:10:00",
        "rejected": -3,
    }
    codes = ("revision.too_small", "candidate.unknown", "candidate.missing", "declared_at.no_offset")
    yield "five faults", (*codes, "rejected.negative"), five


def _wrong_bytes(good: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Yield name, code and bytes of what is no event at all."""
    yield "not JSON", "json.invalid", b"Labour gain Norfolk"
    yield "cut off", "json.cut_off", good[:-20]
    yield "not UTF-8", "text.not_utf8", good.replace(b"garbage-good", b"garbage-\xff\xfe")
    yield "UTF-16", "text.not_utf8", good.decode().encode("utf-16")
    yield "an empty entry", "entry.empty", b""
    yield "nothing but spaces", "entry.empty", b" \n\t "
    yield "a list of events", "json.not_an_object", b"[" + good + b"]"
    yield "a number", "json.not_an_object", b"1833"
    yield "null", "json.not_an_object", b"null"
    yield "not a number", "json.invalid", good.replace(b'"revision": 9', b'"revision": NaN')
    yield "duplicate keys", "json.duplicate_key", good.replace(b'"revision": 9', b'"revision": 9, "revision": 10')
    yield "a megabyte", "entry.too_large", good.replace(b"garbage-good", b"x" * MEGABYTE)
    yield "a megabyte of zeros", "entry.too_large", bytes(MEGABYTE)
    yield "deeply nested lists", "json.too_deep", b"[" * DEPTH + b"]" * DEPTH
    yield "deeply nested objects", "json.too_deep", b'{"data":' * DEPTH + b"1" + b"}" * DEPTH
    # What FastStream's own parser would unwrap, believing the headers.
    yield (
        "another program's envelope",
        "attribute.not_plain",
        json.dumps({"data": good.decode(), "headers": {}}).encode(),
    )
    yield "a receipt", "type.unknown", good.replace(b"declaration.v1", b"receipt.v1")
    yield "an event from the ledger", "sequence.not_yours", good[:-1] + b',"sequence":1}'
