"""What was refused and has not been mended since, by sender and contest."""

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from pydantic import ValidationError

from schemas.events import ReceiptEvent, RefusalEvent
from schemas.receipt import Reason
from schemas.streams import DECLARATIONS, RECEIPTS, REFUSALS
from streams.fold import place
from streams.keys import Partition
from tallywire.client.connection import Connection

LOOKED_AT_MAX: Final = 2_000
"""Refusals that are looked at, the last ones: more than a desk can read, and half a second's work."""

_READ_MAX: Final = 1_000
"""Entries read in one round trip."""

_MENDS: Final = ("accepted", "held")
"""What a sender is told of a message that takes the place of a refused one."""


@dataclass(frozen=True, slots=True)
class Refused:
    """What one sender was refused of one contest."""

    sender: str
    """The person whose key has signed it; without one, what the message says of its source; empty where that cannot be
    read."""
    signed: bool
    """Whether the signature holds, so that the sender is known."""
    subject: str
    """The contest, as far as the message says one; else where the entry is."""
    count: int
    """How many times."""
    first: str
    """When it was refused first, by the server's clock."""
    last: str
    """When it was refused last."""
    entry_id: str
    """The last one's entry on the declarations stream."""
    reasons: tuple[Reason, ...]
    """Why the last one was."""
    mended: bool
    """Whether the same sender has since sent something about the contest that was taken, or is held."""


@dataclass(slots=True)
class _Group:
    """The refusals of one sender and contest, oldest first."""

    refusals: list[RefusalEvent] = field(default_factory=list)
    last_ms: int = 0


@dataclass(frozen=True, slots=True)
class _Taken:
    """A message that was taken, or is held."""

    entry_id: str
    person: str | None
    at_ms: int


def refused(connection: Connection, election: str) -> tuple[tuple[Refused, ...], int]:
    """Return what was refused, the latest first, and how many older refusals were not looked at."""
    client, partition = connection.at(election), Partition(election)
    key = partition.key(REFUSALS.name)
    found = cast("list[tuple[bytes, dict[bytes, bytes]]]", client.xrevrange(key, count=LOOKED_AT_MAX))[::-1]
    if not found:
        return (), 0
    older = int(client.xlen(key)) - len(found)
    persons, taken = _answers(client, partition, place(found[0][0])[0])
    groups: dict[tuple[str, bool, str], _Group] = defaultdict(_Group)
    for entry_id, fields in found:
        try:
            event = RefusalEvent.model_validate_json(fields.get(b"data", b""))
        except ValidationError:
            continue
        person = persons.get(event.data.entry_id)
        group = groups[person or _source_kept(event), person is not None, event.subject]
        group.refusals.append(event)
        group.last_ms = place(entry_id)[0]
    sources = _sources(client, partition, [one for group in groups for one in taken.get(group[2], ())])
    return tuple(
        Refused(
            sender=sender,
            signed=signed,
            subject=subject,
            count=len(group.refusals),
            first=group.refusals[0].time or "",
            last=group.refusals[-1].time or "",
            entry_id=group.refusals[-1].data.entry_id,
            reasons=group.refusals[-1].data.reasons,
            mended=any(
                one.at_ms >= group.last_ms and sender in (one.person, sources.get(one.entry_id))
                for one in taken.get(subject, ())
            ),
        )
        for (sender, signed, subject), group in sorted(groups.items(), key=lambda each: -each[1].last_ms)
    ), older


def _answers(
    client: Any,  # noqa: ANN401  # as `Connection.at`
    partition: Partition,
    since_ms: int,
) -> tuple[dict[str, str], Mapping[str, Sequence[_Taken]]]:
    """Return who has signed what was refused, by entry; and what was taken, by contest."""
    persons: dict[str, str] = {}
    taken: dict[str, list[_Taken]] = defaultdict(list)
    begin = f"{since_ms}-0"
    while entries := client.xrange(partition.key(RECEIPTS.name), begin, count=_READ_MAX):
        begin = f"({entries[-1][0].decode()}"
        for entry_id, fields in entries:
            try:
                event = ReceiptEvent.model_validate_json(fields.get(b"data", b""))
            except ValidationError:
                continue
            receipt = event.data
            if receipt.status == "refused" and receipt.person is not None:
                persons[receipt.entry_id] = receipt.person
            elif receipt.status in _MENDS:
                taken[event.subject].append(_Taken(receipt.entry_id, receipt.person, place(entry_id)[0]))
    return persons, taken


def _sources(
    client: Any,  # noqa: ANN401  # as `Connection.at`
    partition: Partition,
    taken: Iterable[_Taken],
) -> dict[str, str]:
    """Return what messages on the declarations stream say of their source, by entry."""
    ids = list({one.entry_id for one in taken})
    pipeline = client.pipeline(transaction=False)
    for entry_id in ids:
        pipeline.xrange(partition.key(DECLARATIONS.name), entry_id, entry_id)
    answers = pipeline.execute()
    return {
        entry_id: source_of(found[0][1].get(b"data", b""))
        for entry_id, found in zip(ids, answers, strict=True)
        if found
    }


def _source_kept(event: RefusalEvent) -> str:
    """Return what a refused message says of its source, as far as it was kept."""
    for name, value in event.data.fields.items():
        try:
            if b64decode(name) == b"data":
                return source_of(b64decode(value))
        except NotBase64:
            return ""
    return ""


def source_of(content: bytes) -> str:
    """Return what a message says of its source; empty where that cannot be read."""
    try:
        event = json.loads(content, parse_int=float)
    except (ValueError, RecursionError):
        return ""
    source = event.get("source") if isinstance(event, dict) else None
    return source if isinstance(source, str) else ""
