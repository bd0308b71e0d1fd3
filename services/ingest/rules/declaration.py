"""A declaration: how it is examined, and what accepting it does."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from schemas.events import DeclarationEvent, EntryEvent
from schemas.register import DEFAULT_HOLD_LIMITS, Contest, Register
from schemas.wire import REVISION_MAX
from services.ingest.rules.checks.contest import check_contest, contest_of
from services.ingest.rules.checks.figures import check_figures
from services.ingest.rules.checks.kind import check_kind
from services.ingest.rules.checks.region import check_region
from services.ingest.rules.event.figures import figures_of, kind_of
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.intake import (
    REVISIONS,
    STATED,
    WINNERS,
    Intake,
    Remembered,
    Stated,
    Taken,
    revision_key,
)
from services.ingest.rules.limits import REVISIONS_AHEAD_MAX
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.signed_state import HELD, HOLDS, Ended
from services.rules.verdicts import HELD as HELD_CODES
from services.rules.winners import Winners, elected_of


def check_declaration(sent: Readable, election: str, register: Register | None) -> Iterator[Fault]:
    """The declaration says what its kind needs, and it can be true of a contest of this election."""
    yield from check_contest(sent, election, register)
    kind, data = kind_of(sent), sent.value("data")
    if kind is not None and isinstance(data, dict):
        yield from check_kind(kind, data)
    limits = DEFAULT_HOLD_LIMITS if register is None else register.holds
    yield from check_figures(figures_of(sent), contest_of(sent.event, register), limits)


def accept_declaration(
    intake: Intake, event: DeclarationEvent, sequence: int
) -> tuple[Remembered, ...] | Taken | Fault:
    """Remember the revision; the same one again is a repeat when it says the same, and is refused when it does not.

    Raises:
        LookupError: the register does not list the contest.
    """
    declared = event.data
    revisions = intake.contests[declared.ballot_id]
    taken = Taken(declared.figures_digest, sequence)
    earlier = revisions.get(declared.revision)
    if earlier is None:
        reserved = intake.open_holds.get(declared.ballot_id, {})
        if declared.revision in reserved and event.confirmedby is None:
            following = max(intake.highest(declared.ballot_id), *reserved) + 1
            return fault("revision.held", "data", "revision", revision=declared.revision, next=following)
        remembered = Remembered(REVISIONS, revision_key(declared.ballot_id, declared.revision), taken)
        if intake.highest(declared.ballot_id) > declared.revision:
            return (remembered,)
        overtaken = [place for revision, place in reserved.items() if revision < declared.revision]
        stated = Remembered(STATED, declared.ballot_id, Stated.of(declared))
        elected = elected_of(_contest(intake, declared.ballot_id), declared)
        winners = (Remembered(WINNERS, declared.ballot_id, Winners(elected)),) if elected else ()
        return remembered, stated, *winners, *_close(intake, overtaken, sequence)
    if earlier.digest == taken.digest:
        return earlier
    highest = intake.highest(declared.ballot_id)
    advice = f"To correct it, send revision {highest + 1}."
    if highest == REVISION_MAX:
        advice = "There is no higher one: tell the results desk."
    stands = "stands" if highest == declared.revision else f"revision {highest} stands"
    facts = {"revision": declared.revision, "stands": stands, "advice": advice, "first": earlier.ledger_sequence}
    return fault("revision.conflict", "data", "revision", **facts)


def _contest(intake: Intake, ballot_id: str) -> Contest:
    if intake.register is None:
        raise LookupError(intake.election)
    return intake.register.contests[ballot_id]


def check_revision(intake: Intake, event: DeclarationEvent | EntryEvent) -> Iterator[Fault]:
    """The revision is not far beyond the highest one that was taken of its contest."""
    revision, highest = event.data.revision, intake.highest(event.data.ballot_id)
    if revision > highest + REVISIONS_AHEAD_MAX:
        taken = f"revision {highest}" if highest else "none"
        facts = {"revision": revision, "taken": taken, "next": highest + 1, "limit": REVISIONS_AHEAD_MAX}
        yield fault("revision.too_far_ahead", "data", "revision", **facts)


def check_declared_before(intake: Intake, event: DeclarationEvent | EntryEvent) -> Iterator[Fault]:
    """What was declared before lets the declaration be: its revision follows, and a region's seats are by the rule.

    Where people sign, seats that are not by the rule are held, not refused.
    """
    yield from check_revision(intake, event)
    signed = intake.register is not None and intake.register.signatures == "required"
    yield from (found for found in check_region(intake, event) if not (signed and found.code in HELD_CODES))


def _close(intake: Intake, places: Iterable[int], sequence: int) -> Iterator[Remembered]:
    """End the holds of lower revisions: what would be confirmed there does not stand any more."""
    for place in places:
        yield Remembered(HOLDS, str(place), replace(intake.holds[place], end="superseded", decided_at=sequence))
        yield Remembered(HELD, str(place), Ended())
