"""Figures that two people type: kept unpublished, and compared."""

from dataclasses import replace

from schemas.declaration import DeclaredFigures
from schemas.events import DeclarationEvent, EntryEvent
from schemas.receipt import Entered
from schemas.wire import moment
from services.ingest.rules.entry import Digests, differences, digests_of, event_of_entry, read_entry
from services.ingest.rules.examining import Examined
from services.ingest.rules.intake import Intake, Remembered, revision_key, signed_event_key
from services.ingest.rules.judgement import Case, Told, Waiting, refuse
from services.ingest.rules.keyring import Signed
from services.ingest.rules.messages import against
from services.ingest.rules.reasons.faults import fault
from services.ingest.rules.signed_state import ENTRIES, Unpublished


def enter(case: Case, event: EntryEvent, signed: Signed) -> Waiting:
    """Keep the figures that somebody has typed, and compare them with another person's.

    Raises:
        NotTaken: the revision was declared already, is held, or is too far ahead.
    """
    figures, person = event.data, signed.key.person
    _require_open(case.intake, event, signed)
    if standing := list(against(case.intake, event)):
        raise refuse(*standing)
    key = revision_key(figures.ballot_id, figures.revision)
    entries = case.intake.entries.get(key, {})
    typed = replace(case.unpublished(signed), figures=" ".join(Digests.of(event)))
    waiting = entries.get(person)
    again = waiting is not None and waiting.digest == signed.digest
    own: DeclaredFigures = figures
    if waiting is not None and _is_later(waiting, event):
        # A repeat of what the sender has typed anew since: it is answered with what became of that.
        typed, own, again = waiting, read_entry(waiting), True
    # What is there already stays as of when it was typed, and nobody is told of it twice.
    remembered = () if again else (Remembered(ENTRIES, f"{key} {person}", typed),)
    # In an order that is the same after a restart.
    others = [one for name, one in sorted(entries.items()) if name != person]
    if not others:
        return Waiting(case.entry, Entered(agrees=None), remembered, ())
    agreeing = [one for one in others if digests_of(one).figures == own.figures_digest]
    other = agreeing[0] if agreeing else others[0]
    differ = () if agreeing else differences(read_entry(other), own)

    def compared(with_digest: str) -> Entered:
        return Entered(agrees=bool(agreeing), differences=differ, other=with_digest if agreeing else None)

    told = Told(case.sender_of(other), case.entry.id, "entered", entered=compared(typed.digest))
    return Waiting(case.entry, compared(other.digest), remembered, () if again else (told,))


def _is_later(waiting: Unpublished, event: EntryEvent) -> bool:
    """Whether the figures that wait were typed later than these, by the times that their sender has signed."""
    kept = event_of_entry(waiting)
    return kept.time is not None and event.time is not None and moment(kept.time) > moment(event.time)


def typed_before(case: Case, examined: Examined, signed: Signed) -> bool:
    """Whether these very bytes wait as the figures that their sender has typed.

    Raises:
        NotTaken: figures of another contest or revision, which wait, have used up the id.
    """
    person, intake = signed.key.person, case.intake
    key = intake.entries_by_event.get(signed_event_key(person, examined.event_id or ""))
    if key is None:
        return False
    event = examined.event
    waiting = intake.entries.get(key, {}).get(person)
    if waiting is not None and waiting.digest == signed.digest:
        return True
    typed_anew = isinstance(event, EntryEvent) and revision_key(event.data.ballot_id, event.data.revision) == key
    if event is None or typed_anew:
        return False
    raise refuse(fault("id.reused", "id"))


def _require_open(intake: Intake, event: EntryEvent, signed: Signed) -> None:
    """See that the revision may still be typed: it is neither declared nor held.

    Of one that is held, the entries that it cites are taken again: a restore may have lost them.

    Raises:
        NotTaken: it may not.
    """
    figures = event.data
    taken = intake.contests[figures.ballot_id].get(figures.revision)
    if taken is not None:
        highest = intake.highest(figures.ballot_id)
        facts = {"revision": figures.revision, "first": taken.ledger_sequence, "next": highest + 1}
        raise refuse(fault("entry.declared_already", "data", "revision", **facts))
    reserved = intake.open_holds.get(figures.ballot_id, {})
    place = reserved.get(figures.revision)
    if place is None:
        return
    held = intake.held.get(place)
    cites = () if held is None else DeclarationEvent.model_validate_json(held.sent).data.entries
    if signed.digest not in (cites or ()):
        facts = {"revision": figures.revision, "next": max(intake.highest(figures.ballot_id), *reserved) + 1}
        raise refuse(fault("revision.held", "data", "revision", **facts))
