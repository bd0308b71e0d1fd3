"""The rule: one entry of the declarations stream in; accepted, a duplicate, or refused out.

Identity (the words are docs/promises.md's): the same event id is a duplicate when the event says the same, however it
is written (``meaning``), and is refused when it does not. A new event id with a revision that was taken already is a
duplicate when it says the same, and is refused when it does not: the first stands. An id is bound only when its event
is accepted, so that a refused declaration can be mended and sent again under its id.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final

from schemas.receipt import Stands
from services.ingest.rules import limits
from services.ingest.rules.examining import Examined, Invalid, examine
from services.ingest.rules.intake import REFUSED, Intake, Kept, Remembered, Taken, event_key
from services.ingest.rules.meaning import meaning
from services.ingest.rules.messages import accept, against
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
    stands: Stands | None
    """Of a declaration that does not stand, the one that does."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The entry says what was accepted before."""

    entry: Judged
    ledger_sequence: int
    """Where the first one is on the ledger."""
    stands: Stands | None
    """Of a declaration that does not stand, the one that does."""


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
    examined = examine(fields, intake.election, intake.register, intake.local_counts)
    entry = _judged(intake, entry_id, examined, time)
    if earlier := _earlier(intake, examined):
        return _again(intake, entry, fields, examined, earlier)
    if isinstance(examined, Invalid):
        return _refused(intake, entry, fields, examined.reasons)
    sequence = intake.ledger_length + 1
    match accept(intake, examined.event, sequence):
        case Taken(ledger_sequence=first):
            return Duplicate(entry, first, _stands(intake, examined))
        case Fault() as conflict:
            return _refused(intake, entry, fields, reasons_for([conflict]))
        case remembered:
            if standing := [*against(intake, examined.event), *_full(intake)]:
                return _refused(intake, entry, fields, reasons_for(standing))
            # White space after the event is no part of it.
            sent = fields[b"data"].rstrip()
            return Accepted(entry, sent, sequence, remembered, _stands(intake, examined))


def _earlier(intake: Intake, examined: Examined) -> Taken | None:
    """Return the event that was taken under the same id; for the register that is loaded, under any id."""
    if isinstance(examined, Invalid) and intake.loaded is not None and intake.loaded.digest == examined.says:
        return intake.loaded
    if examined.source is None or examined.event_id is None:
        return None
    return intake.taken.get(event_key(examined.source, examined.event_id))


def _again(
    intake: Intake, entry: Judged, fields: Mapping[bytes, bytes], examined: Examined, earlier: Taken
) -> Duplicate | Refused:
    """Judge an event that was taken before, or whose id was: by ``earlier``."""
    says = meaning(examined.event) if examined.event is not None else examined.says
    if earlier.digest == says:
        return Duplicate(entry, earlier.ledger_sequence, _stands(intake, examined))
    reused = reasons_for([fault("id.reused", "id")])
    others = examined.reasons if isinstance(examined, Invalid) else ()
    return _refused(intake, entry, fields, (*reused, *others))


def _stands(intake: Intake, examined: Examined) -> Stands | None:
    """Return what stands of a contest where that is a higher revision than the event's; None of other events."""
    if examined.revision is None or examined.subject is None:
        return None
    highest = intake.highest(examined.subject)
    if highest <= examined.revision:
        return None
    return Stands(revision=highest, ledger_sequence=intake.contests[examined.subject][highest].ledger_sequence)


def _full(intake: Intake) -> Iterator[Fault]:
    if intake.ledger_length >= limits.LEDGER_ENTRIES_MAX:
        yield fault("election.full", election=intake.election, limit=f"{limits.LEDGER_ENTRIES_MAX:,}")


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
