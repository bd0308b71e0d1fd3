"""The whole history of a contest: what is on the ledger of it, and what was sent and not taken."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from operator import itemgetter
from typing import Any, Final

from pydantic import ValidationError

from schemas import tables
from schemas.events import (
    LEDGER_EVENT,
    AmendmentEvent,
    ConfirmationEvent,
    DeclarationEvent,
    EntryEvent,
    HoldEvent,
    LedgerEvent,
    ReceiptEvent,
    RegisterEvent,
)
from schemas.receipt import Reason, Receipt
from schemas.register import Contest
from schemas.streams import LEDGER, RECEIPTS
from tallywire.client.connection import Connection
from tallywire.client.errors import NotThereError, UnreadableError
from tallywire.client.follow import Published, read_stream
from tallywire.client.snapshot import read_table
from tallywire.desk.stored import Stored, read_stored

_SAID_ELSEWHERE: Final = frozenset({"ballot_id", "revision", "kind"})
"""What a happening says itself of the data of a declaration."""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened about a contest."""

    time: str
    """When it was read, by the server's clock."""
    what: str
    """What it is: `register`, `amendment`, `declaration`, `entry`, `hold`, `confirmation`; or, of what is not on the
    ledger, the status of its receipt: `refused`, `duplicate`, `entered`."""
    kind: str | None = None
    """Of a declaration its kind, of a confirmation what was decided."""
    revision: int | None = None
    ledger_sequence: int | None = None
    """Where it is on the ledger; of a duplicate, where the first one is."""
    person: str | None = None
    """Who has signed it."""
    role: str | None = None
    """What that person may do, as the key is enrolled now."""
    confirmed_by: str | None = None
    """Who has confirmed a declaration that was held."""
    source: str | None = None
    """What the message says of its source; nobody has checked that."""
    event_id: str | None = None
    published: bool = True
    """Whether `data` is on the ledger, for everybody to read; else it is for the desk alone."""
    data: Mapping[str, Any] | None = None
    """What it says: figures of a declaration, what an amendment changes. None where that is not to be read here."""
    hold: int | None = None
    """The hold that it is, or is about."""
    reason: str | None = None
    """Why, in the words of who decided."""
    reasons: tuple[Reason, ...] = ()
    """Why it was refused; what is odd about what is held."""


@dataclass(frozen=True, slots=True)
class History:
    """A contest, and all that happened about it, oldest first."""

    election: str
    ballot_id: str
    contest: Contest
    """As the register has it now."""
    test: bool
    signed: bool
    private: bool
    """Whether what is held could be read."""
    happenings: tuple[Happening, ...]


def history(connection: Connection, election: str, ballot_id: str) -> History:
    """Return the history of a contest.

    Raises:
        NotThereError: the election has no such contest.
        UnreadableError: what is stored cannot be read.
    """
    contests = read_table(connection, election, tables.CONTESTS)
    if ballot_id not in contests:
        raise NotThereError(f"The election {election} has no contest {ballot_id}.")
    stored = read_stored(connection, election)
    receipts = list(_receipts(connection, election, ballot_id))
    # By their receipts, who has sent what is held is known also when it waits no longer.
    senders = {event.data.hold: event.data for event in receipts if event.data.status == "held"}
    ledger = [_with_sender(each, senders) for each in _on_ledger(connection, election, ballot_id, stored)]
    head = tables.REGISTER.read(read_table(connection, election, tables.REGISTER)["election"])
    # What was held has the time at which it was read, and stands behind its confirmation all the same.
    turns = accumulate((each.time for each in ledger), max)
    others = ((each.time, each) for each in _not_taken(receipts, stored.roles()))
    happenings = sorted((*zip(turns, ledger, strict=True), *others), key=itemgetter(0))
    return History(
        election=election,
        ballot_id=ballot_id,
        contest=tables.CONTESTS.read(contests[ballot_id]),
        test=head.test,
        signed=head.signatures == "required",
        private=stored.held is not None,
        happenings=tuple(each for _, each in happenings),
    )


def _on_ledger(connection: Connection, election: str, ballot_id: str, stored: Stored) -> Iterator[Happening]:
    marker, roles = ballot_id.encode(), stored.roles()
    for entry in read_stream(connection, election, LEDGER.name):
        # Most entries are about other contests, and the register has megabytes.
        if marker not in entry.event:
            continue
        event = _ledger_event(election, entry)
        if isinstance(event, RegisterEvent):
            yield Happening(event.acceptedtime or "", "register", ledger_sequence=event.sequence, person=event.person)
        elif event.subject == ballot_id:
            yield _happening(event, roles, stored)


def _ledger_event(election: str, entry: Published) -> LedgerEvent:
    try:
        return LEDGER_EVENT.validate_json(entry.event)
    except ValidationError as error:
        raise UnreadableError(f"Entry {entry.id} of the ledger of {election} cannot be read.") from error


def _happening(event: LedgerEvent, roles: Mapping[str, str], stored: Stored) -> Happening:
    happening = Happening(
        time=event.acceptedtime or event.time or "",
        what=event.type.split(".")[1],
        ledger_sequence=event.sequence,
        person=event.person,
        role=roles.get(event.person or ""),
        source=event.source,
        event_id=event.id,
    )
    match event:
        case DeclarationEvent(data=declared) | EntryEvent(data=declared):
            told = {name: value for name, value in _given(declared).items() if name not in _SAID_ELSEWHERE}
            return replace(
                happening, kind=declared.kind, revision=declared.revision, data=told, confirmed_by=event.confirmedby
            )
        case ConfirmationEvent(data=decided):
            return replace(happening, kind=decided.decision, hold=decided.hold, reason=decided.reason)
        case HoldEvent(data=hold):
            return _held(happening, hold.revision, stored)
        case AmendmentEvent(data=amendment):
            return replace(
                happening, data={name: value for name, value in _given(amendment).items() if name != "ballot_id"}
            )
        case _:
            return happening


def _held(happening: Happening, revision: int, stored: Stored) -> Happening:
    """Return a hold; what is held, and who sent it, as long as it waits and where that may be read."""
    place = happening.ledger_sequence or 0
    hold, waiting = stored.holds.get(place), (stored.held or {}).get(place)
    held = replace(
        happening, revision=revision, hold=place, source=None, event_id=None, kind=None if hold is None else hold.end
    )
    if waiting is None:
        return held
    event = DeclarationEvent.model_validate_json(waiting.sent)
    told = {name: value for name, value in _given(event.data).items() if name not in _SAID_ELSEWHERE}
    return replace(
        held,
        person=waiting.person,
        role=stored.roles().get(waiting.person),
        source=event.source,
        event_id=event.id,
        data={"kind": event.data.kind} | told,
        published=False,
        reasons=waiting.reasons,
    )


def _given(data: Any) -> dict[str, Any]:  # noqa: ANN401  # one of several models
    return dict(data.model_dump(mode="json", exclude_none=True, exclude_defaults=True))


def _with_sender(happening: Happening, senders: Mapping[int | None, Receipt]) -> Happening:
    """Return a happening; a hold with who has sent what was held."""
    receipt = senders.get(happening.hold) if happening.what == "hold" and happening.person is None else None
    return happening if receipt is None else replace(happening, person=receipt.person, event_id=receipt.event_id)


def _receipts(connection: Connection, election: str, ballot_id: str) -> Iterator[ReceiptEvent]:
    """Yield the receipts for what was sent about the contest."""
    marker = ballot_id.encode()
    for entry in read_stream(connection, election, RECEIPTS.name):
        if marker not in entry.event:
            continue
        try:
            event = ReceiptEvent.model_validate_json(entry.event)
        except ValidationError as error:
            raise UnreadableError(f"Receipt {entry.id} of {election} cannot be read.") from error
        if event.subject == ballot_id:
            yield event


def _not_taken(receipts: Iterable[ReceiptEvent], roles: Mapping[str, str]) -> Iterator[Happening]:
    """Yield what was sent about the contest and is not on the ledger, by its receipts."""
    for event in receipts:
        receipt = event.data
        # What is accepted or held is on the ledger, and so is the decision of which a sender is told later.
        told_later = receipt.decided is not None and receipt.status == "refused"
        if receipt.status in ("accepted", "held") or told_later:
            continue
        yield Happening(
            time=event.time or "",
            what=receipt.status,
            ledger_sequence=receipt.ledger_sequence,
            person=receipt.person,
            role=roles.get(receipt.person or ""),
            event_id=receipt.event_id,
            published=False,
            hold=receipt.hold,
            reasons=receipt.reasons,
        )
