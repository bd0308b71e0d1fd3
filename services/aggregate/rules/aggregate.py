"""The rule: one ledger entry in; a result, the control it brings about, and tallies out.

A declaration stands when no higher revision of its contest was folded before; then its result takes the place of the
contest's earlier one. Tallies are published at the end of each group of ledger entries, so that what is published
follows from the ledger alone, however it is read.
"""

from collections.abc import Iterator
from typing import Final

from schemas.events import (
    AmendmentEvent,
    ControlEvent,
    DeclarationEvent,
    LedgerEvent,
    RegisterEvent,
    ResultEvent,
    TallyEvent,
)
from schemas.register import Register
from services.aggregate.rules.register_facts import Facts
from services.aggregate.rules.result import result_of
from services.aggregate.rules.standing import Standing
from services.rules.amending import amended

SOURCE: Final = "/tallywire/aggregate"


class Consequences:
    """What one ledger entry changes; None where it changes nothing."""

    def __init__(
        self,
        register: Register | None = None,
        declaration: DeclarationEvent | None = None,
        result: ResultEvent | None = None,
    ) -> None:
        self.register: Final = register
        self.declaration: Final = declaration
        self.result: Final = result


def aggregate(standing: Standing, event: LedgerEvent) -> Consequences:
    """Return what follows from a ledger entry, control and tallies apart.

    Raises:
        LookupError: an entry that ingest would not have let through.
    """
    if isinstance(event, RegisterEvent):
        return Consequences(register=event.data)
    if standing.facts is None:
        raise LookupError(standing.election)
    if isinstance(event, AmendmentEvent):
        facts = Facts(amended(standing.facts.register, event.data))
        stands = standing.declarations.get(event.data.ballot_id)
        return Consequences(facts.register, None, _result(standing, facts, stands.event(), event) if stands else None)
    stands = standing.declarations.get(event.data.ballot_id)
    if stands is not None and event.data.revision <= stands.revision:
        return Consequences()
    return Consequences(None, event, _result(standing, standing.facts, event, event))


def control(standing: Standing, cause: LedgerEvent) -> Iterator[ControlEvent]:
    """Return the bodies whose seats or control differ from what was published, once the entry has been kept."""
    facts = standing.facts
    if facts is None:
        return
    register = facts.register
    contest = None if isinstance(cause, RegisterEvent) else register.contests[cause.data.ballot_id]
    for slug in register.bodies if contest is None else filter(None, (contest.body,)):
        published = standing.control.get(slug)
        now = standing.bodies[slug].control(facts, published, None if contest is None else cause.subject)
        unsaid = {"previous": None, "cause": None}
        if published is None or now.model_copy(update=unsaid) != published.model_copy(update=unsaid):
            yield ControlEvent(
                id=f"{standing.election}:{slug}:control:{cause.sequence}",
                source=SOURCE,
                subject=slug,
                time=cause.acceptedtime,
                test=cause.test,
                data=now,
            )


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


def _result(standing: Standing, facts: Facts, declared: DeclarationEvent, cause: LedgerEvent) -> ResultEvent | None:
    before = standing.results.get(declared.data.ballot_id)
    progress = standing.progress(facts.contest(declared.data.ballot_id).regions, declared)
    result = result_of(facts, declared.data, before, progress)
    if isinstance(cause, AmendmentEvent) and before is not None:
        # An amendment that shows nowhere is no news.
        unsaid = {"supersedes": None, "progress": ()}
        if result.model_copy(update=unsaid) == before.data.model_copy(update=unsaid):
            return None
    return ResultEvent(
        id=f"{result.ballot_id}:result:{cause.sequence}",
        source=SOURCE,
        subject=result.ballot_id,
        time=cause.acceptedtime,
        test=cause.test,
        data=result,
    )
