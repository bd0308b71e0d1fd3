"""The rule: one ledger entry in, results and tallies out.

A declaration stands when no higher revision of its contest was folded before; then its result takes the place of
the contest's earlier one. Tallies are published at the end of each group of ledger entries, so that what is
published follows from the ledger alone, however it is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from schemas.events import AmendmentEvent, DeclarationEvent, RegisterEvent, ResultEvent, TallyEvent
from schemas.register import Register
from services.aggregate.rules.result import result_of
from services.aggregate.rules.standing import Standing
from services.amending import amended

SOURCE: Final = "/tallywire/aggregate"

LedgerEvent = RegisterEvent | AmendmentEvent | DeclarationEvent


@dataclass(frozen=True, slots=True)
class Consequences:
    """What one ledger entry changes; None where it changes nothing."""

    register: Register | None = None
    declaration: DeclarationEvent | None = None
    result: ResultEvent | None = None
    tallies: tuple[TallyEvent, ...] = ()


def aggregate(standing: Standing, event: LedgerEvent) -> Consequences:
    """Return what follows from a ledger entry, tallies apart.

    Raises:
        LookupError: an entry that ingest would not have let through.
    """
    if isinstance(event, RegisterEvent):
        return Consequences(register=event.data)
    if standing.register is None:
        raise LookupError(standing.election)
    before = standing.results.get(event.data.ballot_id)
    if isinstance(event, AmendmentEvent):
        register = amended(standing.register, event.data)
        stands = standing.declarations.get(event.data.ballot_id)
        return Consequences(register, None, _result(register, stands, before, event) if stands else None)
    if before is not None and event.data.revision <= before.data.revision:
        return Consequences()
    return Consequences(None, event, _result(standing.register, event, before, event))


def tallies(standing: Standing, cause: LedgerEvent) -> Iterator[TallyEvent]:
    """Return the tallies to publish at the end of a group: those that differ from what was published."""
    for slug in sorted(standing.changed):
        tally = standing.tally(slug)
        if tally != standing.tallies.get(slug):
            yield TallyEvent(
                id=f"{standing.election}:{slug}:tally:{cause.sequence}",
                source=SOURCE,
                subject=slug,
                time=cause.acceptedtime,
                test=cause.test,
                data=tally,
            )


def _result(
    register: Register, declared: DeclarationEvent, before: ResultEvent | None, cause: LedgerEvent
) -> ResultEvent | None:
    result = result_of(register, declared.data, before)
    if before is not None and result == before.data.model_copy(update={"supersedes": result.supersedes}):
        return None
    return ResultEvent(
        id=f"{result.ballot_id}:result:{cause.sequence}",
        source=SOURCE,
        subject=result.ballot_id,
        time=cause.acceptedtime,
        test=cause.test,
        data=result,
    )
