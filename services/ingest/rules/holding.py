"""Declarations that wait for a second person: how they are held, and what the second person decides."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from schemas.events import ConfirmationEvent, DeclarationEvent, HoldEvent
from schemas.hold import Hold
from schemas.receipt import Decided, Reason
from services.ingest.rules.authority import must_be_confirmed
from services.ingest.rules.checks.odd import check_odd
from services.ingest.rules.confirmation import ended
from services.ingest.rules.entry import cited, digests_of
from services.ingest.rules.examining import Examined, Invalid, examine
from services.ingest.rules.intake import TAKEN, Intake, Remembered, Taken, revision_key, signed_event_key
from services.ingest.rules.judgement import SOURCE, Accepted, Case, Held, NotTaken, Told, Written, decided_of, refuse
from services.ingest.rules.keyring import Signed
from services.ingest.rules.meaning import meaning
from services.ingest.rules.messages import accept, against
from services.ingest.rules.reasons.faults import Fault, fault, reasons_for
from services.ingest.rules.signed_state import HELD, HoldState, Unpublished
from services.rules.verdicts import ALLOCATION_DIFFERS, WINNER_CHANGED
from services.rules.verdicts import HELD as HELD_CODES

_WHO_IS_ELECTED: Final = frozenset({WINNER_CHANGED, ALLOCATION_DIFFERS})
"""What others may have become since something was held, and nobody confirms who has not been shown it."""


def oddities(case: Case, examined: Examined, event: DeclarationEvent, signed: Signed) -> tuple[Reason, ...]:
    """Return what is odd about a declaration, so that a second person has to confirm it. A withdrawal never is.

    Args:
        case: the entry that is judged.
        examined: what it turned out to be: whatever was found is odd, and no reason to refuse it.
        event: the declaration.
        signed: its signature.
    """
    if event.data.kind == "withdrawn":
        return ()
    odd = _odd(case.intake, examined, event)
    return (*odd, *reasons_for([fault("desk.corrects")])) if must_be_confirmed(event, signed.key) else odd


def _odd(intake: Intake, examined: Examined, event: DeclarationEvent) -> tuple[Reason, ...]:
    found = list(check_odd(intake, event))
    return (*examined.reasons, *reasons_for(found)) if found else examined.reasons


def hold(case: Case, event: DeclarationEvent, signed: Signed, odd: tuple[Reason, ...]) -> Held:
    """Hold a declaration: the ledger says that it is held, and nothing of what it says."""
    place, entry = case.intake.ledger_length + 1, case.entry
    data = Hold(
        ballot_id=event.data.ballot_id,
        revision=event.data.revision,
        digest=signed.digest,
        event=signed_event_key(signed.key.person, event.id),
        under_review=any(reason.code == "winner.changed" for reason in odd),
    )
    held = HoldEvent(
        id=f"{entry.election}:{entry.id}:hold",
        source=SOURCE,
        subject=data.ballot_id,
        time=entry.time,
        test=entry.rehearsal,
        data=data,
    )
    remembered = accept(case.intake, held, place)
    assert isinstance(remembered, tuple)  # noqa: S101  # nothing stands against a hold
    waits = Remembered(HELD, str(place), case.unpublished(signed, odd))
    return Held(entry, place, odd, (Written(held.encode(), {"acceptedtime": entry.time}),), (*remembered, waits))


def held_again(case: Case, place: int, signed: Signed, examined: Examined) -> Held:
    """Judge an event that was held before, or whose id is bound by another one that was.

    Raises:
        NotTaken: it is another one, or its hold has ended.
    """
    held_state, held = case.intake.holds[place], case.intake.held.get(place)
    if held_state.digest != signed.digest and not _says_what_is_held(examined, held):
        raise refuse(fault("id.reused", "id"))
    if held_state.end is not None:
        raise NotTaken(reasons_for([ended(held_state)]), place, decided_of(held_state))
    if held is not None:
        return Held(case.entry, place, held.reasons)
    # The election was restored without what was held: here it comes again.
    assert isinstance(examined.event, DeclarationEvent)  # noqa: S101  # its digest is that of what was held
    odd = oddities(case, examined, examined.event, signed)
    return Held(case.entry, place, odd, (), (Remembered(HELD, str(place), case.unpublished(signed, odd)),))


def _says_what_is_held(examined: Examined, held: Unpublished | None) -> bool:
    """Whether an event says the same as a declaration that is held, however it is written, whenever it was signed."""
    if held is None or examined.event is None:
        return False
    return meaning(examined.event) == meaning(DeclarationEvent.model_validate_json(held.sent))


def decide(case: Case, event: ConfirmationEvent, signed: Signed) -> Accepted:
    """Judge what a second person decides about a declaration that is held.

    Raises:
        NotTaken: it cannot be decided, or not by this person.
    """
    intake, place = case.intake, event.data.hold
    held = intake.held.get(place)
    if held is not None and signed.key.person in _behind(intake, held):
        raise refuse(fault("confirmation.own", person=signed.key.person))
    sequence = intake.ledger_length + 1
    outcome = accept(intake, event, sequence)
    if not isinstance(outcome, tuple):
        assert isinstance(outcome, Fault)  # noqa: S101  # a confirmation repeats nothing under another id
        raise refuse(outcome)
    decided = Decided(
        decision=event.data.decision,
        person=signed.key.person,
        reason=event.data.reason,
        ledger_sequence=sequence,
    )
    if event.data.decision != "confirm":
        turned_down = () if held is None else (_turned_down(case, held, place, decided),)
        return Accepted(case.entry, (case.written,), sequence, outcome, None, turned_down)
    if held is None:
        raise refuse(fault("hold.bytes_missing", "data", "hold"))
    confirmed_by = {"confirmedby": signed.key.person, "acceptedtime": case.entry.time}
    behind, remembered, at = _release(intake, held, confirmed_by, sequence)
    stands = intake.stands(intake.holds[place].ballot_id, intake.holds[place].revision)
    sender = Told(case.sender_of(held), case.entry.id, "accepted", (), at, place, decided, stands=stands)
    told = (sender, *overtaken(case, remembered))
    return Accepted(case.entry, (case.written, *behind), sequence, (*outcome, *remembered), None, told)


def _release(
    intake: Intake, held: Unpublished, confirmed: Mapping[str, str], after: int
) -> tuple[tuple[Written, ...], tuple[Remembered, ...], int]:
    """Judge a declaration again that is confirmed: by the register and by what stands today.

    Args:
        intake: what was taken so far.
        held: the declaration.
        confirmed: what is appended to it, besides its signature: who has confirmed it, and when.
        after: the place of the confirmation on the ledger.

    Returns:
        What goes on the ledger behind the confirmation, what ingest remembers of it, and the declaration's place.

    Raises:
        NotTaken: it would be refused by now.
    """
    examined = examine({b"data": held.sent}, intake.election, intake.register, intake.local_counts)
    if isinstance(examined, Invalid) and any(reason.code not in HELD_CODES for reason in examined.reasons):
        raise _impossible_now(examined.reasons[0].message)
    assert isinstance(examined.event, DeclarationEvent)  # noqa: S101  # nothing else is held
    event = examined.event.model_copy(update={"person": held.person, **confirmed})
    seen = {reason.code for reason in held.reasons}
    for reason in _odd(intake, examined, event):
        if reason.code in _WHO_IS_ELECTED and reason.code not in seen:
            raise refuse(fault("hold.changes_winner_now", "data", "hold", reason=reason.message))
    entries = cited(intake, event)
    if isinstance(entries, Fault):
        raise _impossible_now(reasons_for([entries])[0].message)
    cites, also = with_entries(entries, after + 1)
    place = after + len(entries) + 1
    outcome = accept(intake, event, place)
    if not isinstance(outcome, tuple):
        stands = outcome if isinstance(outcome, Fault) else fault("hold.superseded", place=outcome.ledger_sequence)
        raise _impossible_now(reasons_for([stands])[0].message)
    if standing := list(against(intake, event)):
        raise _impossible_now(reasons_for(standing)[0].message)
    declared = Written(held.sent, {"signature": held.signature, "person": held.person, **confirmed})
    return (*cites, declared), (*also, *outcome), place


def with_entries(entries: tuple[Unpublished, ...], first: int) -> tuple[tuple[Written, ...], tuple[Remembered, ...]]:
    """Return what goes on the ledger of the entries that a declaration cites, and what ingest remembers of them.

    Args:
        entries: the entries.
        first: the place of the first of them on the ledger.
    """
    written: list[Written] = []
    remembered: list[Remembered] = []
    for place, entry in enumerate(entries, first):
        _, says, source = digests_of(entry)
        taken = Taken(says, place, source)
        remembered.append(Remembered(TAKEN, signed_event_key(entry.person, entry.event_id), taken))
        attributes = {"acceptedtime": entry.time, "signature": entry.signature, "person": entry.person}
        written.append(Written(entry.sent, attributes))
    return tuple(written), tuple(remembered)


def _impossible_now(reason: str) -> NotTaken:
    return refuse(fault("hold.impossible_now", "data", "hold", reason=reason))


def _behind(intake: Intake, held: Unpublished) -> set[str]:
    """Return who has sent a declaration that is held, and who has typed its figures."""
    event = DeclarationEvent.model_validate_json(held.sent)
    typed = intake.entries.get(revision_key(event.data.ballot_id, event.data.revision), {})
    return {held.person, *(one.person for one in typed.values() if one.digest in (event.data.entries or ()))}


def overtaken(case: Case, remembered: Iterable[Remembered]) -> Iterator[Told]:
    """Yield what the senders of declarations are told that wait no longer, since a higher revision is accepted."""
    for one in remembered:
        if isinstance(one.value, HoldState) and one.value.end == "superseded":
            place = int(one.field)
            held = case.intake.held.get(place)
            if held is not None:
                reasons, decided = reasons_for([ended(one.value)]), decided_of(one.value)
                yield Told(case.sender_of(held), case.entry.id, "refused", reasons, None, place, decided)


def _turned_down(case: Case, held: Unpublished, place: int, decided: Decided) -> Told:
    """Return what the sender of a declaration is told that is not confirmed."""
    end = replace(
        case.intake.holds[place],
        end=decided.decision,
        decided_by=decided.person,
        reason=decided.reason,
        decided_at=decided.ledger_sequence,
    )
    return Told(case.sender_of(held), case.entry.id, "refused", reasons_for([ended(end)]), None, place, decided)
