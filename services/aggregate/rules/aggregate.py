"""The rule: one ledger entry in; a result, the control it brings about, and tallies out.

A declaration stands when no higher revision of its contest was folded before; then its result takes the place of the
contest's earlier one. Tallies are published at the end of each group of ledger entries, so that what is published
follows from the ledger alone, however it is read.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from schemas.events import (
    AmendmentEvent,
    ControlEvent,
    DeclarationEvent,
    LedgerEvent,
    RegisterEvent,
    ResultEvent,
    TallyEvent,
    type_name,
)
from schemas.register import Register
from services.aggregate.rules.register_facts import Facts
from services.aggregate.rules.result import result_of
from services.aggregate.rules.standing import Standing
from services.rules.amending import amended

SOURCE: Final = "/tallywire/aggregate"


@dataclass(frozen=True, slots=True)
class Consequences:
    """What one ledger entry changes; None where it changes nothing."""

    register: Register | None = None
    declaration: DeclarationEvent | None = None
    result: ResultEvent | None = None


def aggregate(standing: Standing, event: LedgerEvent) -> Consequences:
    """Return what follows from a ledger entry, control and tallies apart.

    Raises:
        LookupError: an entry that ingest would not have let through.
    """
    return CHANGES[event.type](standing, event)


def _register(_standing: Standing, event: RegisterEvent) -> Consequences:
    return Consequences(register=event.data)


def _amendment(standing: Standing, event: AmendmentEvent) -> Consequences:
    facts = Facts(amended(_loaded(standing).register, event.data))
    stands = standing.declarations.get(event.data.ballot_id)
    return Consequences(facts.register, None, _result(standing, facts, stands.event(), event) if stands else None)


def _declaration(standing: Standing, event: DeclarationEvent) -> Consequences:
    facts = _loaded(standing)
    stands = standing.declarations.get(event.data.ballot_id)
    if stands is not None and event.data.revision <= stands.revision:
        return Consequences()
    return Consequences(None, event, _result(standing, facts, event, event))


def _loaded(standing: Standing) -> Facts:
    if standing.facts is None:
        raise LookupError(standing.election)
    return standing.facts


def nothing(_standing: Standing, _event: LedgerEvent) -> Consequences:
    """Return that a ledger entry changes no result."""
    return Consequences()


CHANGES: Final[Mapping[str, Callable[[Standing, Any], Consequences]]] = {
    type_name(RegisterEvent): _register,
    type_name(AmendmentEvent): _amendment,
    type_name(DeclarationEvent): _declaration,
}
"""What each type of ledger entry does to results: one row a type, ``nothing`` where it does nothing."""


def control(standing: Standing, cause: LedgerEvent) -> Iterator[ControlEvent]:
    """Return the bodies whose seats or control differ from what was published, once the entry has been kept."""
    facts = standing.facts
    if facts is None:
        return
    register = facts.register
    contest = register.contests.get(cause.subject)
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
