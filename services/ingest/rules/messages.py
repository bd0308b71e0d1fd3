"""The kinds of message that may be sent: one row for each, with all that ingest does about it.

Another kind is one more row here, beside its rule; docs/messages.md shows how one is added.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from schemas.events import (
    AmendmentEvent,
    ClosingEvent,
    ConfirmationEvent,
    DeclarationEvent,
    EntryEvent,
    HoldEvent,
    KeyEvent,
    LedgerEvent,
    RegisterEvent,
    SendableEvent,
    type_name,
)
from schemas.register import Register
from services.ingest.rules.amendment import accept_amendment, check_against_standing, check_amendment
from services.ingest.rules.closing import accept_closing, check_closing, check_open
from services.ingest.rules.confirmation import accept_confirmation, accept_hold, check_confirmation
from services.ingest.rules.declaration import accept_declaration, check_declaration, check_declared_before
from services.ingest.rules.entry import accept_entry, check_entry
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.intake import TAKEN, Intake, Remembered, Taken, event_key, signed_event_key
from services.ingest.rules.key import accept_key, check_key
from services.ingest.rules.limits import REGISTER_BYTES_MAX
from services.ingest.rules.meaning import meaning, source_digest
from services.ingest.rules.reasons.faults import Fault
from services.ingest.rules.register import accept_register, check_register

Outcome = tuple[Remembered, ...] | Taken | Fault
"""What accepting a message comes to: what ingest remembers of it; or the earlier message that it repeats; or what was
accepted before and stands against it."""


def _nothing(_intake: Intake, _event: LedgerEvent) -> Iterator[Fault]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Message:
    """A kind of message."""

    event: type[SendableEvent]
    """Its model."""
    check: Callable[[Readable, str, Register | None], Iterator[Fault]]
    """Find what is wrong with its content that the schema does not see: of the event as far as it could be read, the
    election that it was sent to, and that election's register as amended so far."""
    accept: Callable[[Intake, Any, int], Outcome]
    """Say what accepting it comes to: of what was accepted before, the event without fault, and its place on the
    ledger. Used when it is judged, and when a ledger is read again: it looks at nothing else."""
    against: Callable[[Intake, Any], Iterator[Fault]] = _nothing
    """Find what was accepted before and stands against it, though it has no fault of its own. Used when it is judged,
    and not when a ledger is read again: what is on a ledger was accepted by the rules of its time."""
    bytes_max: int | None = None
    """Bytes that it may have at most; None of a message about a contest, which may have what contests need."""


MESSAGES: Final[Mapping[str, Message]] = {
    type_name(row.event): row
    for row in (
        Message(RegisterEvent, check_register, accept_register, bytes_max=REGISTER_BYTES_MAX),
        Message(AmendmentEvent, check_amendment, accept_amendment, check_against_standing),
        Message(DeclarationEvent, check_declaration, accept_declaration, check_declared_before),
        Message(KeyEvent, check_key, accept_key),
        Message(ConfirmationEvent, check_confirmation, accept_confirmation),
        Message(EntryEvent, check_entry, accept_entry, check_declared_before),
        Message(ClosingEvent, check_closing, accept_closing),
    )
}
"""Every kind of message, by the name of its type."""

BYTES_BY_TYPE: Final[Mapping[str, int]] = {
    name: row.bytes_max for name, row in MESSAGES.items() if row.bytes_max is not None
}
"""How many bytes an event may have at most, by type, where it is not about a contest."""


def against(intake: Intake, event: LedgerEvent) -> Iterator[Fault]:
    """Yield what was accepted before and stands against an event in which there is no fault, and which is no repeat."""
    return MESSAGES[event.type].against(intake, event)


def accept(intake: Intake, event: LedgerEvent, sequence: int) -> Outcome:
    """Say what accepting an event comes to.

    Args:
        intake: what was accepted before.
        event: the event, in which there is no fault; where it is signed, with ``person`` and ``acceptedtime``.
        sequence: its place on the ledger, if it is accepted.

    Raises:
        LookupError: the event is about something that the register does not have; examining it would have told.
    """
    outcome = (
        accept_hold(intake, event, sequence)
        if isinstance(event, HoldEvent)
        else MESSAGES[event.type].accept(intake, event, sequence)
    )
    closed = None if isinstance(event, ClosingEvent) else check_open(intake)
    if closed is not None and isinstance(outcome, tuple):
        return closed
    if isinstance(event, HoldEvent) or not isinstance(outcome, tuple):
        return outcome
    if event.person is None:
        taken = Remembered(TAKEN, event_key(event.source, event.id), Taken(meaning(event), sequence))
    else:
        said = Taken(meaning(event), sequence, source_digest(event.source))
        taken = Remembered(TAKEN, signed_event_key(event.person, event.id), said)
    return (*outcome, taken)
