"""Figures that two people type: kept unpublished, and compared."""

from schemas.events import DeclarationEvent, EntryEvent
from schemas.receipt import Entered
from services.ingest.rules.entry import differences, figures_of_entry, read_entry
from services.ingest.rules.intake import Intake, Remembered, revision_key
from services.ingest.rules.judgement import Case, Told, Waiting, refuse
from services.ingest.rules.keyring import Signed
from services.ingest.rules.messages import against
from services.ingest.rules.reasons.faults import fault
from services.ingest.rules.signed_state import ENTRIES


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
    typed = case.unpublished(signed)
    remembered = (Remembered(ENTRIES, f"{key} {person}", typed),)
    others = [one for name, one in case.intake.entries.get(key, {}).items() if name != person]
    if not others:
        return Waiting(case.entry, Entered(agrees=None), remembered, ())
    agreeing = [one for one in others if figures_of_entry(one) == figures.figures()]
    other = agreeing[0] if agreeing else others[0]
    differ = () if agreeing else differences(read_entry(other), figures)

    def compared(with_digest: str) -> Entered:
        return Entered(agrees=bool(agreeing), differences=differ, other=with_digest if agreeing else None)

    told = Told(case.sender_of(other), case.entry.id, "entered", entered=compared(typed.digest))
    return Waiting(case.entry, compared(other.digest), remembered, (told,))


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
    place = intake.open_holds.get(figures.ballot_id, {}).get(figures.revision)
    if place is None:
        return
    held = intake.held.get(place)
    cites = () if held is None else DeclarationEvent.model_validate_json(held.sent).data.entries
    if signed.digest not in (cites or ()):
        facts = {"revision": figures.revision, "next": figures.revision + 1}
        raise refuse(fault("revision.held", "data", "revision", **facts))
