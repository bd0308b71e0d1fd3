"""What becomes of an entry of the declarations stream, and what a judgement is made from."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from schemas.receipt import Decided, Entered, Reason, Stands
from services.ingest.rules import limits
from services.ingest.rules.examining import Examined
from services.ingest.rules.intake import REFUSED, Intake, Kept, Remembered
from services.ingest.rules.keyring import Signed
from services.ingest.rules.reasons.faults import Fault, Reasons, reasons_for
from services.ingest.rules.signed_state import HoldState, Unpublished

SOURCE: Final = "/tallywire/ingest"


class Judged(NamedTuple):
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
    person: str | None = None
    """Who signed it; None where it is not signed."""
    digest: str | None = None
    """Of a signed message with its signature."""


@dataclass(frozen=True, slots=True)
class Written:
    """What goes on the ledger."""

    event: bytes
    """An event: as it was sent, or ingest's own."""
    attributes: Mapping[str, str]
    """What is appended to it besides its numbers."""

    def encode(self) -> bytes:
        """Return the event."""
        return self.event


@dataclass(frozen=True, slots=True)
class Told:
    """What the sender of an earlier entry is told now."""

    entry: Judged
    by: str
    """The entry that brings it about."""
    status: str
    reasons: tuple[Reason, ...] = ()
    ledger_sequence: int | None = None
    hold: int | None = None
    decided: Decided | None = None
    entered: Entered | None = None
    stands: Stands | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The entry goes on the ledger."""

    entry: Judged
    written: tuple[Written, ...]
    """What goes on the ledger, in order."""
    ledger_sequence: int
    """The place of this entry there."""
    remembered: tuple[Remembered, ...]
    """What ingest remembers of it."""
    stands: Stands | None
    """Of a declaration that does not stand, the one that does."""
    told: tuple[Told, ...] = ()
    """Whom else it is told."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The entry says what was accepted before."""

    entry: Judged
    ledger_sequence: int
    """Where the first one is on the ledger."""
    stands: Stands | None
    """Of a declaration that does not stand, the one that does."""
    hold: int | None = None
    """Where it was held, on the ledger."""
    decided: Decided | None = None
    """What was decided about it then."""


@dataclass(frozen=True, slots=True)
class Held:
    """The entry waits for a second person."""

    entry: Judged
    hold: int
    """The place of the hold on the ledger."""
    reasons: tuple[Reason, ...]
    """What is odd about it."""
    written: tuple[Written, ...] = ()
    """The hold; nothing where it was there already."""
    remembered: tuple[Remembered, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """The entry holds figures that one person has typed, and waits for another's."""

    entry: Judged
    entered: Entered
    remembered: tuple[Remembered, ...]
    told: tuple[Told, ...]
    """The other person, where both have typed theirs."""


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
    hold: int | None = None
    """Where it was held, on the ledger."""
    decided: Decided | None = None
    """What was decided about it then."""


Judgement = Accepted | Duplicate | Held | Waiting | Refused
"""What becomes of an entry."""


class NotTaken(Exception):  # noqa: N818  # not an error: it ends the judging of an entry
    """The entry is refused.

    Args:
        reasons: why.
        hold: where it was held, on the ledger.
        decided: what was decided about it then.
    """

    def __init__(self, reasons: Reasons, hold: int | None = None, decided: Decided | None = None) -> None:
        super().__init__(reasons[0].message)
        self.reasons = reasons
        self.hold = hold
        self.decided = decided


def refuse(*faults: Fault) -> NotTaken:
    """Return the end of an entry that has faults."""
    return NotTaken(reasons_for(faults))


class Case(NamedTuple):
    """An entry that is judged, with what is known of it."""

    intake: Intake
    """What was taken so far."""
    entry: Judged
    fields: Mapping[bytes, bytes]
    """The entry's fields."""
    signed: Signed | None
    """Its signature, which holds; None where none is asked for."""

    @classmethod
    def begin(cls, intake: Intake, entry_id: str, fields: Mapping[bytes, bytes], time: str) -> "Case":
        """Return an entry of which nothing is known yet."""
        rehearsal = intake.register is not None and intake.register.test
        return cls(intake, Judged(intake.election, rehearsal, entry_id, None, None, time), fields, None)

    def known(self, examined: Examined, signed: Signed | None) -> "Case":
        """Return it with what its event says of itself, and who has signed it."""
        entry = Judged(
            self.entry.election,
            self.entry.rehearsal,
            self.entry.id,
            examined.event_id,
            examined.subject,
            self.entry.time,
            None if signed is None else signed.key.person,
            None if signed is None else signed.digest,
        )
        return Case(self.intake, entry, self.fields, signed)

    @property
    def sent(self) -> bytes:
        """The event as it is kept: white space after it is no part of it, unless that was signed."""
        return self.fields[b"data"] if self.signed is not None else self.fields[b"data"].rstrip()

    @property
    def written(self) -> Written:
        """The event as it goes on the ledger."""
        attributes = {"acceptedtime": self.entry.time}
        if self.signed is not None:
            attributes |= {"signature": self.signed.signature, "person": self.signed.key.person}
        return Written(self.sent, attributes)

    def unpublished(self, signed: Signed, odd: Iterable[Reason] = ()) -> Unpublished:
        """Return the message as it is kept while it waits."""
        entry = self.entry
        return Unpublished(
            self.sent,
            signed.signature,
            signed.key.person,
            signed.digest,
            entry.id,
            entry.event_id or "",
            entry.subject or "",
            entry.time,
            tuple(odd),
        )

    def sender_of(self, waiting: Unpublished) -> Judged:
        """Return the entry of a message that waits, as its sender is told of it now."""
        return Judged(
            self.entry.election,
            self.entry.rehearsal,
            waiting.entry_id,
            waiting.event_id,
            waiting.subject,
            self.entry.time,
            waiting.person,
            waiting.digest,
        )

    def refused(self, why: NotTaken) -> "Refused":
        """Return the refusal, with as much of the entry as there is room for."""
        kept_before = self.intake.refused.size
        room = min(limits.KEPT_BYTES_MAX, limits.REFUSED_BYTES_MAX - kept_before)
        kept, size = _kept(self.fields, room)
        cut = len(kept) < len(self.fields) or size < sum(map(len, (*self.fields, *self.fields.values())))
        remembered = (Remembered(REFUSED, "bytes", Kept(kept_before + size)),)
        return Refused(self.entry, why.reasons, kept, cut, remembered, why.hold, why.decided)


def decided_of(hold: HoldState) -> Decided | None:
    """Return what was decided about a hold; None while it is open."""
    if hold.end is None:
        return None
    return Decided(decision=hold.end, person=hold.decided_by, reason=hold.reason, ledger_sequence=hold.decided_at)


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
