"""The rule: one entry of the declarations stream in; accepted, a duplicate, or refused out.

Identity (the words are docs/promises.md's): the same event id with the same bytes is a duplicate, with other bytes
it is refused. A new event id with a revision that was taken already is a duplicate when it says the same, and is
refused when it does not: the first stands. An id is bound only when its event is accepted, so that a refused
declaration can be mended and sent again under its id.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final

from services.ingest.rules import limits
from services.ingest.rules.examining import Examined, Invalid, examine, second_register
from services.ingest.rules.intake import REFUSED, Intake, Kept, Remembered, Taken, digest, event_key
from services.ingest.rules.messages import accept
from services.ingest.rules.reasons.faults import Fault, Reasons, fault, reasons_for

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Judged:
    """The entry that was judged."""

    election: str
    """The election that it was sent to."""
    rehearsal: bool
    """Whether that election is a rehearsal."""
    id: str
    """The entry's id on the declarations stream."""
    event_id: str | None
    """The sender's event id, where it could be read."""
    subject: str | None
    """What it is about, where it could be read."""
    time: str
    """When it was read from the stream: by the server's clock, RFC 3339 in UTC."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The entry goes on the ledger."""

    entry: Judged
    sent: bytes
    """The event as it was sent."""
    ledger_sequence: int
    """Its place on the ledger."""
    remembered: tuple[Remembered, ...]
    """What ingest remembers of it."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The entry says what was accepted before."""

    entry: Judged
    ledger_sequence: int
    """Where the first one is on the ledger."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The entry is not accepted."""

    entry: Judged
    reasons: Reasons
    """Why."""
    fields: Mapping[str, str]
    """What is kept of the entry's fields: names and values in base64, in their order, as far as there is room."""
    cut: bool
    """Whether that is not all of them."""
    remembered: tuple[Remembered, ...]
    """How much of refused entries is kept, this one included."""


Judgement = Accepted | Duplicate | Refused
"""What becomes of an entry."""


def judge(intake: Intake, entry_id: str, fields: Mapping[bytes, bytes], time: str) -> Judgement:
    """Decide on one entry; anything at all may be in it.

    Args:
        intake: what was taken so far.
        entry_id: the entry's id on the declarations stream. Its sender may have chosen it: it is not a time.
        fields: the entry's fields.
        time: when it was read, by the server's clock: the time of acceptance.
    """
    second = second_register(fields) if intake.register is not None else None
    examined = second or examine(fields, intake.election, intake.register)
    entry = _judged(intake, entry_id, examined, time)
    # White space after the event is no part of it.
    sent = fields.get(b"data", b"").rstrip()
    key = event_key(examined.source, examined.event_id) if examined.source and examined.event_id else ""
    if earlier := intake.taken.get(key):
        if earlier.digest == digest(sent):
            return Duplicate(entry, earlier.ledger_sequence)
        reused = reasons_for([fault("id.reused", "id")])
        others = examined.reasons if isinstance(examined, Invalid) else ()
        return _refused(intake, entry, fields, (*reused, *others))
    if isinstance(examined, Invalid):
        return _refused(intake, entry, fields, examined.reasons)
    sequence = intake.ledger_length + 1
    match accept(intake, examined.event, key, sent, sequence):
        case Taken(ledger_sequence=first):
            return Duplicate(entry, first)
        case Fault() as conflict:
            return _refused(intake, entry, fields, reasons_for([conflict]))
        case remembered:
            full = _full(intake)
            return _refused(intake, entry, fields, full) if full else Accepted(entry, sent, sequence, remembered)


def _full(intake: Intake) -> Reasons | None:
    if intake.ledger_length < limits.LEDGER_ENTRIES_MAX:
        return None
    limit = f"{limits.LEDGER_ENTRIES_MAX:,}"
    return reasons_for([fault("election.full", election=intake.election, limit=limit)])


@lru_cache(maxsize=10)
def instant(milliseconds: int) -> str:
    """Return a time of the server's clock, in milliseconds since 1970, as RFC 3339 in UTC."""
    # Entries that were read together have one.
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _judged(intake: Intake, entry_id: str, examined: Examined, time: str) -> Judged:
    rehearsal = intake.register is not None and intake.register.test
    return Judged(intake.election, rehearsal, entry_id, examined.event_id, examined.subject, time)


def _refused(intake: Intake, entry: Judged, fields: Mapping[bytes, bytes], reasons: Reasons) -> Refused:
    room = min(limits.KEPT_BYTES_MAX, limits.REFUSED_BYTES_MAX - intake.refused.size)
    kept, size = _kept(fields, room)
    cut = len(kept) < len(fields) or size < sum(map(len, (*fields, *fields.values())))
    return Refused(entry, reasons, kept, cut, (Remembered(REFUSED, "bytes", Kept(intake.refused.size + size)),))


def _kept(fields: Mapping[bytes, bytes], room: int) -> tuple[dict[str, str], int]:
    """Return the names and values that there is room for, in their order, and how many bytes they have."""
    kept: dict[str, str] = {}
    left = room
    for field in islice(fields.items(), limits.FIELDS_KEPT_MAX):
        if left <= 0:
            break
        name = field[0][:left]
        value = field[1][: left - len(name)]
        left -= len(name) + len(value)
        kept[_base64(name)] = _base64(value)
    return kept, room - left


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")
