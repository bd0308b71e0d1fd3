"""The rule: one ledger entry in; a result, the control it brings about, and tallies out.

A declaration stands when no higher revision of its contest was folded before; then its result takes the place of the
contest's earlier one. One that is under review stands as it is, and says so. Tallies are published at the end of each
group of ledger entries, so that what is published follows from the ledger alone, however it is read.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, Final

from schemas.control import Control
from schemas.declaration import Declaration
from schemas.events import (
    AmendmentEvent,
    ClosingEvent,
    ConfirmationEvent,
    ControlEvent,
    DeclarationEvent,
    EntryEvent,
    HoldEvent,
    KeyEvent,
    LedgerEvent,
    RegisterEvent,
    ResultEvent,
    TallyEvent,
    type_name,
)
from schemas.register import Contest, Register, RegisterHead
from schemas.result import Note, Result
from services.aggregate.rules.allocation import Allocated, allocated, doubted, known_constituencies
from services.aggregate.rules.life import LIFE, life_of
from services.aggregate.rules.notes import notes_of_odd
from services.aggregate.rules.register_details import ContestDetails, RegisterDetails
from services.aggregate.rules.result import result_of, reviewed
from services.aggregate.rules.review import Review
from services.aggregate.rules.standing import Standing
from services.rules.amending import amended, amended_head
from services.rules.odd import find_odd, find_other_elected
from services.rules.verdicts import ODD

SOURCE: Final = "/tallywire/aggregate"

_said = attrgetter(*(name for name in Control.model_fields if name not in {"previous", "cause"}))
"""What a state of control says, but for what brought it about."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The register is loaded."""

    register: Register


@dataclass(frozen=True, slots=True)
class Amended:
    """A contest of the register is another from now on."""

    contest: Contest
    result: ResultEvent | None
    """The contest's result, where the amendment shows in it."""
    head: RegisterHead | None = None
    """The register without its contests, where that is another, too."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A declaration stands from now on."""

    revision: int
    result: ResultEvent
    review: Review | None
    """The open holds of the contest, where they are others now."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Other holds of a contest are open from now on."""

    review: Review
    result: ResultEvent | None
    """The contest's result, where its review begins or ends with that."""


Change = Loaded | Amended | Declared | Reviewed
"""What a ledger entry changes."""


def change_of(standing: Standing, event: LedgerEvent) -> Change | None:
    """Return what a ledger entry changes, control and tallies apart; None where that is nothing.

    Raises:
        LookupError: an entry that ingest would not have let through.
    """
    return CHANGES[event.type](standing, event)


def _load(_standing: Standing, event: RegisterEvent) -> Change:
    return Loaded(event.data)


def _amend(standing: Standing, event: AmendmentEvent) -> Change:
    ballot_id = event.data.ballot_id
    contest = amended(standing.register.contests[ballot_id], event.data)
    head = amended_head(standing.register, event.data)
    if head is not None:
        # The result may name a party that is new.
        known = RegisterDetails(head.with_contests(standing.register.contests))
        standing = replace(standing, details=known)
    stands = standing.declarations.get(ballot_id)
    result = None
    if stands is not None:
        details = standing.known_details.details_of(ballot_id, contest)
        result = _result(standing, details, stands.event(), event, standing.review(ballot_id))
    return Amended(contest, None if _is_no_news(standing, result) else result, head)


def _declare(standing: Standing, event: DeclarationEvent) -> Change | None:
    """Let the declaration stand, unless one of a higher revision does."""
    details = standing.known_details.contest(event.data.ballot_id)
    stands = standing.declarations.get(event.data.ballot_id)
    if stands is not None and event.data.revision <= stands.revision:
        return _review(standing, event)
    before = standing.review(event.data.ballot_id)
    review = before.after(event)
    result = _result(standing, details, event, event, review)
    return Declared(event.data.revision, result, None if review == before else review)


def _review(standing: Standing, event: HoldEvent | ConfirmationEvent | DeclarationEvent) -> Change | None:
    """Put the result that stands under review, or end that, where it follows from the entry."""
    ballot_id = event.data.ballot_id
    before, stands = standing.review(ballot_id), standing.results.get(ballot_id)
    review = before.after(event)
    if review == before:
        return None
    in_doubt = stands is not None and doubted(stands.data.notes)
    if stands is None or (review.concerns(life_of(stands.data)) or in_doubt) == stands.data.under_review:
        return Reviewed(review, None)
    details, under_review = standing.known_details.contest(ballot_id), not stands.data.under_review
    progress = standing.progress(ballot_id, details.regions, life_of(stands.data), under_review=under_review)
    result = reviewed(stands, details, progress, under_review=under_review)
    return Reviewed(review, _result_event(result, event))


def nothing(_standing: Standing, _event: LedgerEvent) -> None:
    """Change nothing."""


CHANGES: Final[Mapping[str, Callable[[Standing, Any], Change | None]]] = {
    type_name(RegisterEvent): _load,
    type_name(AmendmentEvent): _amend,
    type_name(DeclarationEvent): _declare,
    type_name(KeyEvent): nothing,
    type_name(ConfirmationEvent): _review,
    type_name(EntryEvent): nothing,
    type_name(HoldEvent): _review,
    type_name(ClosingEvent): nothing,
}
"""What each type of ledger entry changes: one row a type, ``nothing`` where no result follows from it."""


def region_events(standing: Standing, cause: LedgerEvent) -> Iterator[ResultEvent]:
    """Return the result of the region that a constituency belongs to, where it is checked now, or in doubt, or not.

    The constituency's own result has been kept.
    """
    ballot_id = standing.region_of.get(cause.subject)
    before = None if ballot_id is None else standing.results.get(ballot_id)
    if ballot_id is None or before is None or before.data.allocation is None:
        return
    details, declared = standing.known_details.contest(ballot_id), standing.declarations[ballot_id].event()
    by_list = _allocated(standing, details.contest, declared, before.data)
    if by_list is None:
        return
    allocation, was = by_list.allocation, before.data.allocation
    if (allocation.checked, by_list.in_doubt) == (was.checked, doubted(before.data.notes)):
        return
    life = life_of(before.data)
    under_review = standing.review(ballot_id).concerns(life) or by_list.in_doubt
    progress = standing.progress(ballot_id, details.regions, life, under_review=under_review)
    result = reviewed(before, details, progress, under_review=under_review, by_list=by_list)
    yield _result_event(result, cause)


def _allocated(
    standing: Standing, contest: Contest, declared: DeclarationEvent, before: Result | None
) -> Allocated | None:
    """Return the seats of a declaration by list; None of one by another system."""
    if not contest.by_list:
        return None
    known = known_constituencies(standing.register, contest, standing.results)
    return allocated(contest, declared.data, known, before, confirmed=declared.confirmedby is not None)


def control_events(standing: Standing, cause: LedgerEvent) -> Iterator[ControlEvent]:
    """Return the bodies whose seats or control differ from what was published, once the entry has been kept."""
    register = standing.register
    contest = register.contests.get(cause.subject)
    for slug in register.bodies if contest is None else filter(None, (contest.body,)):
        published = standing.control.get(slug)
        now = standing.bodies[slug].control(
            standing.known_details, published, None if contest is None else cause.subject
        )
        if published is None or _said(now) != _said(published):
            yield ControlEvent(
                id=f"{standing.election}:{slug}:control:{cause.sequence}",
                source=SOURCE,
                subject=slug,
                time=cause.acceptedtime,
                test=cause.test,
                data=now,
            )


def tally_events(standing: Standing, cause: LedgerEvent) -> Iterator[TallyEvent]:
    """Return the tallies to publish at the end of a group: those that differ from what was published."""
    for tally in standing.due_tallies():
        yield TallyEvent(
            id=f"{standing.election}:{tally.region}:tally:{cause.sequence}",
            source=SOURCE,
            subject=tally.region,
            time=cause.acceptedtime,
            test=cause.test,
            data=tally,
        )


def _result(
    standing: Standing, details: ContestDetails, declared: DeclarationEvent, cause: LedgerEvent, review: Review
) -> ResultEvent:
    """Return the result of a declaration.

    Args:
        standing: how the election stands before it.
        details: the contest.
        declared: its declaration that stands.
        cause: the ledger entry that brings the result about.
        review: the contest's open holds.
    """
    life, ballot_id = LIFE[declared.data.kind], declared.data.ballot_id
    before = standing.results.get(ballot_id)
    by_list = _allocated(standing, details.contest, declared, None if before is None else before.data)
    under_review = review.concerns(life) or (by_list is not None and by_list.in_doubt)
    progress = standing.progress(ballot_id, details.regions, life, under_review=under_review)
    result = result_of(standing.register, details, declared, before, progress, by_list)
    if odd := tuple(_odd_notes(standing, details.contest, declared.data, before)):
        result = result.model_copy(update={"notes": (*result.notes, *odd)})
    return _result_event(result.model_copy(update={"under_review": True}) if under_review else result, cause)


def _result_event(result: Result, cause: LedgerEvent) -> ResultEvent:
    return ResultEvent(
        id=f"{result.ballot_id}:result:{cause.sequence}",
        source=SOURCE,
        subject=result.ballot_id,
        time=cause.acceptedtime,
        test=cause.test,
        data=result,
    )


def _odd_notes(
    standing: Standing, contest: Contest, declared: Declaration, before: ResultEvent | None
) -> Iterator[Note]:
    """Yield what is odd about a declaration. That is said when it is declared: an amendment does not ask again."""
    if before is not None and before.data.revision == declared.revision:
        yield from (note for note in before.data.notes if note.code in ODD)
        return
    last = standing.winners.get(declared.ballot_id)
    winners = () if last is None else last.elected
    yield from notes_of_odd(find_other_elected(contest, declared))
    yield from notes_of_odd(find_odd(standing.register, contest, declared, standing.neighbours, winners))


def _is_no_news(standing: Standing, amended_result: ResultEvent | None) -> bool:
    """Whether an amendment shows nowhere in the contest's result."""
    if amended_result is None:
        return True
    before = standing.results.get(amended_result.data.ballot_id)
    unsaid = {"supersedes": None, "progress": ()}
    return before is not None and amended_result.data.model_copy(update=unsaid) == before.data.model_copy(update=unsaid)
