"""A region of the additional member system: its seats are those that the rule gives with its constituencies."""

from collections.abc import Iterator

from schemas.declaration import Declaration
from schemas.events import DeclarationEvent, EntryEvent
from schemas.register import Contest, Register
from services.ingest.rules.checks.lists import check_allocation
from services.ingest.rules.intake import Intake
from services.ingest.rules.reasons.faults import Fault
from services.rules.allocating import Carried, Winner, carried_in
from services.rules.winners import elected_of

_NEVER = ("postponed", "countermanded", "annulled")
"""Kinds after which a constituency has no result now: it carries nobody in, and the region does not wait for it."""


def check_region(intake: Intake, event: DeclarationEvent | EntryEvent) -> Iterator[Fault]:
    """The seats of a region are those that the rule gives; nothing is found while a constituency is not declared.

    Raises:
        LookupError: no register is loaded, or it does not list the contest.
    """
    declared, register = event.data, intake.register
    if register is None:
        raise LookupError(intake.election)
    contest = register.contests[declared.ballot_id]
    if not contest.constituencies or declared.votes is None or declared.kind != "declared":
        return
    if declared.revision <= intake.highest(declared.ballot_id) or declared.elected is None:
        return
    carried = _carried_in(intake, register, contest)
    if carried is not None:
        yield from check_allocation(declared.votes, declared.elected, declared.lot or (), contest, carried)


def _carried_in(intake: Intake, register: Register, region: Contest) -> Carried | None:
    """Return who carries seats into a region; None while a constituency is not declared."""
    winners: list[Winner] = []
    for ballot_id in region.constituencies:
        stated, contest = intake.stated.get(ballot_id), register.contests[ballot_id]
        if stated is None:
            return None
        declared = Declaration.model_validate_json(stated.declaration)
        if declared.kind in _NEVER:
            continue
        elected = elected_of(contest, declared)
        if not elected or declared.kind == "flash":
            return None
        for one in elected:
            candidate = contest.candidates[one]
            winners.append(Winner(one, candidate.name, register.main_party(candidate.party)))
    return carried_in(register, region, winners)
