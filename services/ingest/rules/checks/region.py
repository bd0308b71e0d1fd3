"""A region of the additional member system: its seats are those that the rule gives with its constituencies."""

from collections.abc import Iterator, Sequence

from schemas.declaration import Declaration
from schemas.events import DeclarationEvent, EntryEvent
from schemas.register import Contest, Register
from services.ingest.rules.checks.lists import check_allocation
from services.ingest.rules.intake import Intake
from services.ingest.rules.reasons.faults import Fault
from services.rules.allocating import Constituencies, Winner, constituencies_of
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
    known = _known_constituencies(intake, register, contest)
    if not known.waits_for:
        yield from check_allocation(declared.votes, declared.elected, declared.lot or (), contest, known.carried)


def _known_constituencies(intake: Intake, register: Register, region: Contest) -> Constituencies:
    """Return what is known of a region's constituencies by their declarations."""

    def winners_of(ballot_id: str) -> Sequence[Winner] | None:
        stated, contest = intake.stated.get(ballot_id), register.contests[ballot_id]
        if stated is None:
            return None
        declared = Declaration.model_validate_json(stated.declaration)
        if declared.kind in _NEVER:
            return ()
        elected = () if declared.kind == "flash" else elected_of(contest, declared)
        people = [(one, contest.candidates[one]) for one in elected]
        return [Winner(one, who.name, register.main_party(who.party)) for one, who in people] or None

    return constituencies_of(register, region, winners_of)
