"""The rule: one entry of the declarations stream in; accepted, a duplicate, held, or refused out.

Identity (the words are docs/promises.md's): the same event id is a duplicate when the event says the same, however it
is written (``meaning``), and is refused when it does not. A new event id with a revision that was taken already is a
duplicate when it says the same, and is refused when it does not: the first stands. An id is bound only when its event
is accepted or held, so that a refused declaration can be mended and sent again under its id.

Where the register asks for signatures, an entry without one that holds is refused before anything else is looked at.
What is known already then gets its outcome, whatever has become of its key since.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from schemas.events import ClosingEvent, ConfirmationEvent, DeclarationEvent, EntryEvent, RegisterEvent, SendableEvent
from schemas.receipt import Stands
from services.ingest.rules import limits
from services.ingest.rules.authority import check_authority
from services.ingest.rules.closing import check_open
from services.ingest.rules.entering import enter, typed_before
from services.ingest.rules.entry import cited
from services.ingest.rules.examining import Examined, Invalid, Valid, examine
from services.ingest.rules.holding import decide, held_again, hold, oddities, overtaken, with_entries
from services.ingest.rules.intake import Intake, Taken, event_key, signed_event_key
from services.ingest.rules.judgement import (
    Accepted,
    Case,
    Duplicate,
    Held,
    Judgement,
    NotTaken,
    decided_of,
    refuse,
)
from services.ingest.rules.keyring import Signed, check_signature, operator_keys
from services.ingest.rules.meaning import meaning, source_digest
from services.ingest.rules.messages import accept, against
from services.ingest.rules.reasons.faults import Fault, fault, reasons_for
from services.rules.verdicts import HELD as HELD_CODES

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def judge(intake: Intake, entry_id: str, fields: Mapping[bytes, bytes], time: str) -> Judgement:
    """Decide on one entry; anything at all may be in it.

    Args:
        intake: what was taken so far.
        entry_id: the entry's id on the declarations stream. Its sender may have chosen it: it is not a time.
        fields: the entry's fields.
        time: when it was read, by the server's clock: the time of acceptance.
    """
    case = Case.begin(intake, entry_id, fields, time)
    try:
        signed = _required(check_signature(fields, intake.keys)) if intake.signed else None
        examined = examine(fields, intake.election, intake.register, intake.local_counts)
        case = case.known(examined, signed)
        if intake.register is None and isinstance(examined, Valid) and isinstance(examined.event, RegisterEvent):
            signed = _register_signature(fields, examined.event)
            case = case.known(examined, signed)
        return _judge(case, examined)
    except NotTaken as why:
        return case.refused(why)


def _judge(case: Case, examined: Examined) -> Judgement:
    """Judge an entry that has the signature that is asked for.

    Raises:
        NotTaken: it is refused.
    """
    signed = case.signed
    if earlier := _earlier(case.intake, examined, signed):
        return _again(case, examined, earlier)
    if signed is None:
        return _judge_declared(case, examined, _let_through(examined, signed))
    if examined.event_id is not None:
        place = case.intake.holds_by_event.get(signed_event_key(signed.key.person, examined.event_id))
        if place is not None:
            return held_again(case, place, signed, examined)
    if not typed_before(case, examined, signed):
        _require_open(case, examined)
        examined = _with_authority(case, examined, signed)
    match _let_through(examined, signed):
        case EntryEvent() as entry:
            return enter(case, entry, signed)
        case ConfirmationEvent() as confirmation:
            _require_room(case.intake)
            return decide(case, confirmation, signed)
        case event:
            return _judge_declared(case, examined, event)


def _require_open(case: Case, examined: Examined) -> None:
    """See that the election is not closed, or that this opens it again, or is a repeat, which is answered as before.

    Raises:
        NotTaken: it is closed, and this is something else.
    """
    intake, closed = case.intake, check_open(case.intake)
    if closed is None or isinstance(examined.event, ClosingEvent):
        return
    if isinstance(examined, Valid) and isinstance(accept(intake, examined.event, intake.ledger_length + 1), Taken):
        return
    raise NotTaken((*reasons_for([closed]), *examined.reasons))


def _judge_declared(case: Case, examined: Examined, event: SendableEvent) -> Accepted | Duplicate | Held:
    """Judge an event that changes what stands, and was not taken before.

    Raises:
        NotTaken: something stands against it.
    """
    intake, sequence = case.intake, case.intake.ledger_length + 1
    entries = cited(intake, event) if isinstance(event, DeclarationEvent) else ()
    if isinstance(entries, Fault):
        raise refuse(entries)
    match accept(intake, event, sequence + len(entries)):
        case Taken(ledger_sequence=first):
            return Duplicate(case.entry, first, _stands(intake, examined))
        case Fault() as conflict:
            raise refuse(conflict)
        case remembered:
            if standing := list(against(intake, event)):
                raise refuse(*standing)
            _require_room(intake)
            if isinstance(event, DeclarationEvent) and case.signed is not None:
                odd = oddities(case, examined, event, case.signed)
                if odd:
                    return hold(case, event, case.signed, odd)
            cites, also = with_entries(entries, sequence)
            place = sequence + len(entries)
            told = tuple(overtaken(case, remembered))
            stands = _stands(intake, examined)
            return Accepted(case.entry, (*cites, case.written), place, (*also, *remembered), stands, told)


def _required(found: Signed | Fault) -> Signed:
    """Return a signature that holds.

    Raises:
        NotTaken: there is none.
    """
    if isinstance(found, Fault):
        raise refuse(found)
    return found


def _register_signature(fields: Mapping[bytes, bytes], event: RegisterEvent) -> Signed | None:
    """Return the signature of a register with the key that it names; None where it asks for no signatures.

    Raises:
        NotTaken: it asks for them, and is not signed itself.
    """
    if event.data.signatures == "none" or event.data.operator_key is None:
        return None
    return _required(check_signature(fields, operator_keys(event.data.operator_key)))


def _let_through(examined: Examined, signed: Signed | None) -> SendableEvent:
    """Return the event that is judged further: one without fault, or with what a second person can confirm.

    Raises:
        NotTaken: it has other faults, or nobody could confirm it.
    """
    if isinstance(examined, Valid):
        return examined.event
    confirmable = signed is not None and all(reason.code in HELD_CODES for reason in examined.reasons)
    if not confirmable or not isinstance(examined.event, DeclarationEvent | EntryEvent):
        raise NotTaken(examined.reasons)
    return examined.event


def _with_authority(case: Case, examined: Examined, signed: Signed) -> Examined:
    """Return what was examined, with who signed it, and with what its signer may not do."""
    event = examined.event
    if event is None:
        return examined
    event = event.model_copy(update={"person": signed.key.person, "acceptedtime": case.entry.time})
    faults = list(check_authority(case.intake, event, signed.key, case.entry.time))
    if not faults:
        return replace(examined, event=event)
    return Invalid((*reasons_for(faults), *examined.reasons), examined.event_id, examined.source, examined.subject)


def _earlier(intake: Intake, examined: Examined, signed: Signed | None) -> Taken | None:
    """Return the event that was taken under the same id; for the register that is loaded, under any id."""
    if isinstance(examined, Invalid) and intake.loaded is not None and intake.loaded.digest == examined.says:
        return intake.loaded
    if examined.source is None or examined.event_id is None:
        return None
    if signed is not None:
        return intake.taken.get(signed_event_key(signed.key.person, examined.event_id))
    return intake.taken.get(event_key(examined.source, examined.event_id))


def _again(case: Case, examined: Examined, earlier: Taken) -> Duplicate:
    """Judge an event that was taken before: by ``earlier``.

    Raises:
        NotTaken: only its id was.
    """
    intake = case.intake
    if earlier.source and earlier.source != source_digest(examined.source or ""):
        raise refuse(fault("id.second_source", "source"))
    says = meaning(examined.event) if examined.event is not None else examined.says
    if earlier.digest != says:
        reused = reasons_for([fault("id.reused", "id")])
        raise NotTaken((*reused, *examined.reasons))
    key = signed_event_key(case.entry.person or "", case.entry.event_id or "")
    hold_place = intake.holds_by_event.get(key)
    decided = None if hold_place is None else decided_of(intake.holds[hold_place])
    return Duplicate(case.entry, earlier.ledger_sequence, _stands(intake, examined), hold_place, decided)


def _stands(intake: Intake, examined: Examined) -> Stands | None:
    """Return what stands of a contest where that is a higher revision than the event's; None of other events."""
    if examined.revision is None or examined.subject is None:
        return None
    return intake.stands(examined.subject, examined.revision)


def _require_room(intake: Intake) -> None:
    """See that the ledger takes more.

    Raises:
        NotTaken: it is full.
    """
    if intake.ledger_length >= limits.LEDGER_ENTRIES_MAX:
        raise refuse(fault("election.full", election=intake.election, limit=f"{limits.LEDGER_ENTRIES_MAX:,}"))


@lru_cache(maxsize=10)
def instant(milliseconds: int) -> str:
    """Return a time of the server's clock, in milliseconds since 1970, as RFC 3339 in UTC."""
    # Entries that were read together have one.
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
