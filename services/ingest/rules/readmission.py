"""From the ledger back to what ingest remembers: what it would know had it just accepted every entry.

The law: reading a ledger with ``readmit`` gives the register, the revisions and the ids that ``judge`` had kept when
it wrote that ledger, to the byte: both ask ``messages.accept``. So an election moves between servers with its ledger
alone.
"""

from schemas.events import DeclarationEvent, EntryEvent, HoldEvent, LedgerEvent, RegisterEvent
from schemas.reading import NotAnEvent, read_ledger_event
from services.ingest.rules.authority import check_authority, must_be_confirmed
from services.ingest.rules.entry import CITED
from services.ingest.rules.intake import EntryRead, Intake, Remembered, Taken, signed_event_key
from services.ingest.rules.keyring import Signed, check_signature, operator_keys
from services.ingest.rules.messages import accept
from services.ingest.rules.reasons.faults import Fault, reasons_for


class NotFromIngest(ValueError):  # noqa: N818  # says what is wrong with the entry
    """A ledger entry that ingest cannot have written."""


def readmit(intake: Intake, sequence: int, entry: bytes, sent: bytes) -> tuple[Remembered, ...]:
    """Return what ingest remembers of the next ledger entry.

    Args:
        intake: what was accepted before. What there is one of for each declaration (``TAKEN``, ``REVISIONS``) may be
            left out: then repeats are not found.
        sequence: the entry's place on the ledger, from 1.
        entry: its bytes.
        sent: the same without what was appended on the ledger.

    Raises:
        NotFromIngest: ingest cannot have written it after what came before.
        OfLaterRelease: only a later release can have written it.
    """
    event = _event(entry)
    try:
        outcome = accept(intake, event, sequence)
    except LookupError as error:
        before = "it comes before the register"
        unknown = f"it is about {error}, which the register does not list"
        raise NotFromIngest(before if intake.register is None else unknown) from error
    match outcome:
        case Fault() as conflict:
            raise NotFromIngest(f"it would have been refused: {reasons_for([conflict])[0].message}")
        case Taken(ledger_sequence=first):
            raise NotFromIngest(f"it says what ledger entry {first} says")
        case remembered:
            _check_signed(intake, event, sent)
            return remembered


def _check_signed(intake: Intake, event: LedgerEvent, sent: bytes) -> None:
    """See that what has to be signed is, by somebody who might: as of the time when it was judged.

    Raises:
        NotFromIngest: it is not.
    """
    keys = intake.keys
    if isinstance(event, RegisterEvent) and event.data.signatures == "required":
        keys = operator_keys(event.data.operator_key or "")
    elif not intake.signed or isinstance(event, HoldEvent):
        _check_unsigned(intake, event)
        return
    found = check_signature({b"data": sent, b"signature": (event.signature or "").encode()}, keys)
    if isinstance(found, Fault):
        raise NotFromIngest(reasons_for([found])[0].message)
    if event.person != found.key.person:
        raise NotFromIngest(f"it names {event.person}, and {found.key.person} has signed it")
    time = _time_of_hold(intake, event, found) or event.acceptedtime or ""
    # A key may have been retired since: after its entry was typed, or its declaration held.
    waited = event.confirmedby is not None or isinstance(event, EntryEvent)
    for wrong in check_authority(intake, event, found.key, time):
        if not (waited and wrong.code == "key.retired"):
            raise NotFromIngest(f"it would have been refused: {reasons_for([wrong])[0].message}")
    _check_people(intake, event, found)


def _check_unsigned(intake: Intake, event: LedgerEvent) -> None:
    """See that what nobody signs names nobody, and that a hold is as ingest writes it.

    Raises:
        NotFromIngest: it is not.
    """
    if (event.signature, event.person, event.confirmedby) != (None, None, None):
        raise NotFromIngest("it names somebody, and nobody signs it")
    if not isinstance(event, HoldEvent):
        return
    hold = event.data
    if not intake.signed:
        raise NotFromIngest("nothing is held in an election that does not ask for signatures")
    if event.time != event.acceptedtime:
        raise NotFromIngest("a hold is accepted when it is made, and this one says two times")
    if hold.event in intake.holds_by_event:
        raise NotFromIngest(f"ledger entry {intake.holds_by_event[hold.event]} holds the same message")
    if hold.revision in intake.open_holds.get(hold.ballot_id, {}):
        raise NotFromIngest(f"revision {hold.revision} of {hold.ballot_id} is held already")


def _check_people(intake: Intake, event: LedgerEvent, signed: Signed) -> None:
    """See that where two people are needed there are two: who types, who declares, who confirms.

    Raises:
        NotFromIngest: there are not.
    """
    if isinstance(event, EntryEvent):
        intake.entries_read[signed.digest] = EntryRead(signed.key.person, event.data.figures_digest)
        return
    read = dict(intake.entries_read)
    intake.entries_read.clear()
    cites = (event.data.entries or ()) if isinstance(event, DeclarationEvent) else ()
    if set(cites) != read.keys() or (cites and len({entry.person for entry in read.values()}) != CITED):
        raise NotFromIngest("the entries before it are not two people's that it cites")
    if not isinstance(event, DeclarationEvent):
        return
    if any(entry.figures != event.data.figures_digest for entry in read.values()):
        raise NotFromIngest("the entries that it cites have other figures")
    if event.confirmedby is not None and event.confirmedby in {signed.key.person, *(e.person for e in read.values())}:
        raise NotFromIngest(f"{event.confirmedby} has confirmed what is their own")
    if event.confirmedby is None and must_be_confirmed(event, signed.key):
        raise NotFromIngest("it is a correction by the results desk, and nobody has confirmed it")


def _time_of_hold(intake: Intake, event: LedgerEvent, signed: Signed) -> str | None:
    """Return when a declaration was held that was confirmed since: it was judged as of then; None of others.

    Raises:
        NotFromIngest: it was held, and nobody has confirmed it; or it was not, and somebody has.
    """
    place = intake.holds_by_event.get(signed_event_key(signed.key.person, event.id))
    hold = None if place is None else intake.holds[place]
    if hold is None and event.confirmedby is None:
        return None
    if hold is None or (hold.digest, hold.end, hold.decided_by) != (signed.digest, "confirm", event.confirmedby):
        wrongly = (
            "nobody has confirmed it" if event.confirmedby is None else f"{event.confirmedby} has not confirmed it"
        )
        raise NotFromIngest(wrongly)
    return hold.time


def _event(entry: bytes) -> LedgerEvent:
    try:
        return read_ledger_event(entry)
    except NotAnEvent as error:
        raise NotFromIngest(f"it is no event as ingest accepts it ({error})") from error
