"""A declaration that can be true and rarely is: what a second person is to look at (docs/verdicts.md, "held")."""

from collections.abc import Iterator, Mapping
from typing import Final

from schemas.events import DeclarationEvent
from services.ingest.rules.checks.region import check_region
from services.ingest.rules.intake import Intake
from services.ingest.rules.reasons.faults import Fault, fault
from services.rules.odd import find_odd
from services.rules.verdicts import (
    HELD,
    PAPERS_NOT_COUNTED,
    SWING_BEYOND_LIMIT,
    TURNOUT_BEYOND_LIMITS,
    TURNOUT_FAR_FROM_LAST,
    TURNOUT_FAR_FROM_OTHERS,
    VOTES_FAR_ABOVE_OTHERS,
    VOTES_FAR_BELOW_OTHERS,
    WINNER_CHANGED,
)

_WHERE: Final[Mapping[str, str]] = {
    PAPERS_NOT_COUNTED: "papers",
    WINNER_CHANGED: "elected",
    **dict.fromkeys((TURNOUT_BEYOND_LIMITS, TURNOUT_FAR_FROM_LAST, TURNOUT_FAR_FROM_OTHERS), "votes"),
    **dict.fromkeys((SWING_BEYOND_LIMIT, VOTES_FAR_ABOVE_OTHERS, VOTES_FAR_BELOW_OTHERS), "votes"),
}
"""The field of ``data`` that each is about."""


def check_odd(intake: Intake, event: DeclarationEvent) -> Iterator[Fault]:
    """Nothing is odd about a declaration beside the register and what stands: every code yielded is in ``HELD``.

    What is odd about its figures alone was found when it was examined. A declaration that will not stand, because a
    higher revision does, is compared with nothing. One that says of a contest that there is no result, or none any
    more, is never odd.

    Args:
        intake: what was accepted so far.
        event: a declaration in which there is no fault, but perhaps one of ``HELD``.

    Raises:
        LookupError: no register is loaded, or it does not list the contest.
    """
    if intake.register is None:
        raise LookupError(intake.election)
    declared, register = event.data, intake.register
    contest = register.contests[declared.ballot_id]
    if declared.revision <= intake.highest(declared.ballot_id):
        return
    yield from (found for found in check_region(intake, event) if found.code in HELD)
    last = intake.winners.get(declared.ballot_id)
    winners = () if last is None else last.elected
    for odd in find_odd(register, contest, declared, intake.neighbours, winners):
        yield fault(odd.code, "data", _WHERE[odd.code], **odd.facts)
