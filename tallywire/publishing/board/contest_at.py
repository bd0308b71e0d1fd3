"""A contest at a moment: what the register and the ledger say of it, and what stands."""

from dataclasses import dataclass
from typing import Final

from schemas.declaration import Declaration
from schemas.events import DeclarationEvent
from schemas.register import LISTS, Baseline, Contest, RegisterHead
from schemas.result import PartyName, Result
from tallywire.publishing.board.contest_ledger import ContestLedger, Taken, read_result
from tallywire.publishing.documents import View
from tallywire.publishing.event import Event

WITHOUT_BASELINE: Final = frozenset({*LISTS, "referendum"})
"""Voting systems whose seats nobody holds, so that there is no gain and no hold."""


@dataclass(frozen=True, slots=True)
class ContestAt:
    """A contest at a moment."""

    view: View
    head: RegisterHead
    ballot_id: str
    contest: Contest
    ledger: ContestLedger
    event: Event | None
    """The event of the result that stands; None before the first."""
    result: Result | None
    behind: tuple[Taken, DeclarationEvent] | None
    """The declaration behind it; None where there is none."""

    @property
    def declared(self) -> Declaration | None:
        """What that declaration says."""
        return self.behind[1].data if self.behind is not None else None

    @property
    def drawn(self) -> tuple[str, ...]:
        """Who was elected by lot."""
        return () if self.declared is None or self.declared.lot is None else self.declared.lot

    @property
    def transferable(self) -> bool:
        """Whether it is counted in stages."""
        return self.contest.voting_system == "single-transferable-vote"

    @property
    def one_round(self) -> bool:
        """Whether those with most votes are elected, so that there is a majority."""
        return not (self.transferable or self.contest.by_list)

    @property
    def swings(self) -> bool:
        """Whether there can be a swing."""
        return self.one_round and self.contest.voting_system != "referendum"

    def party(self, party: str) -> PartyName:
        """Return a party as results name it."""
        one = self.head.parties[party]
        return PartyName(
            name=one.name,
            spoken=one.spoken,
            number=one.number,
            abbreviation=one.abbreviation,
            counts_as=one.counts_as or party,
            colour=one.colour,
        )

    def holders(self, baseline: Baseline) -> str:
        """Return the parties that held its seats."""
        return " and ".join(dict.fromkeys(self.party(holder.party).spoken for holder in baseline.seats))


def contest_at(view: View, ballot_id: str) -> ContestAt:
    """Return a contest at a moment.

    Raises:
        KeyError: there is no such contest.
    """
    if view.head is None:
        raise KeyError(ballot_id)
    contest = view.history.registers.contest(ballot_id, view.ledger).contest
    ledger = ContestLedger(view, ballot_id)
    event = ledger.results[-1] if ledger.results else None
    result = read_result(event.content) if event is not None else None
    behind = ledger.declaration(event) if event is not None else None
    return ContestAt(view, view.head, ballot_id, contest, ledger, event, result, behind)
