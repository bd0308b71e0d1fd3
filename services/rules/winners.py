"""Who a declaration elects. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from schemas.declaration import DeclaredFigures, Stage
from schemas.register import Contest, CountingRules
from schemas.wire import in_parts
from services.rules.allocating import Carried, list_seats
from services.rules.systems.count import Count, TieWithoutLot
from services.rules.systems.declared_count import DeclaredCount, DeclaredStage, Followed
from services.rules.systems.declared_stages import follow
from services.rules.systems.first_past_the_post import first_past_the_post
from services.rules.systems.northern_ireland import NORTHERN_IRELAND
from services.rules.systems.referendum import referendum
from services.rules.systems.scotland import SCOTLAND
from services.rules.systems.supplementary_vote import supplementary_vote
from services.rules.systems.transferable_vote import Rules

TRANSFERABLE: Final = "single-transferable-vote"
"""The voting system whose counts have stages."""

RULES: Final[Mapping[CountingRules | None, Rules]] = {
    "scotland": SCOTLAND,
    "northern-ireland": NORTHERN_IRELAND,
}
"""The rules of the single transferable vote, by whose they are."""


@dataclass(frozen=True, slots=True)
class Winners:
    """Who was elected, as services keep it."""

    elected: tuple[str, ...]
    """Candidate ids."""

    def encode(self) -> bytes:
        """Return it as stored."""
        return " ".join(self.elected).encode()

    @classmethod
    def decode(cls, value: bytes) -> "Winners":
        """Return it from its stored form."""
        return cls(tuple(value.decode().split()))


def count_of(contest: Contest, declared: DeclaredFigures) -> Count:
    """Return who the votes of a declaration elect.

    Raises:
        TieWithoutLot: equal votes at the last seat, and the declaration names nobody who was drawn.
    """
    votes, lot = declared.votes or {}, declared.lot or ()
    if contest.voting_system == TRANSFERABLE:
        followed = followed_of(contest, declared)
        return Count(followed.elected, None, by_lot=followed.by_lot)
    if contest.voting_system == "supplementary-vote":
        return supplementary_vote(votes, declared.final_round, lot)
    if contest.voting_system == "referendum":
        return referendum(votes)
    if contest.voting_system == "closed-list":
        seats = list_seats(contest, votes, Carried(), lot)
        return Count(seats.elected, None, by_lot=seats.by_lot)
    if contest.voting_system == "additional-member":
        # What the rule gives depends on the constituencies; who is declared elected has the seats.
        return Count(declared.elected or (), None, by_lot=bool(lot))
    return first_past_the_post(votes, contest.seats, lot)


def followed_of(contest: Contest, declared: DeclaredFigures) -> Followed:
    """Return what the stages of a count by single transferable vote come to; it has votes for every candidate."""
    return follow(RULES[contest.counting_rules], declared_count(contest.seats, declared))


def declared_count(seats: int, declared: DeclaredFigures) -> DeclaredCount:
    """Return a declaration's count by single transferable vote."""
    return DeclaredCount(
        seats=seats,
        votes=declared.votes or {},
        stages=None if declared.stages is None else tuple(map(_stage, declared.stages)),
        quota=declared.quota,
        elected=declared.elected,
        lot=declared.lot or (),
        whole=declared.kind != "stage",
    )


def _stage(stage: Stage) -> DeclaredStage:
    return DeclaredStage(
        action=stage.action,
        of=stage.of,
        totals={one: in_parts(votes) for one, votes in stage.totals.items()},
        transfers=None if stage.transfers is None else {one: in_parts(votes) for one, votes in stage.transfers.items()},
        non_transferable=None if stage.non_transferable is None else in_parts(stage.non_transferable),
        elected=stage.elected,
        lot=stage.lot or (),
    )


def elected_of(contest: Contest, declared: DeclaredFigures) -> tuple[str, ...]:
    """Return who a declaration elects, sorted by candidate id; empty where it elects nobody.

    Where it names them, it is those: what a returning officer declares stands in law, whatever the votes say.
    """
    if declared.kind == "stage" and contest.voting_system == TRANSFERABLE and declared.votes:
        return tuple(sorted(followed_of(contest, declared).elected))
    if declared.kind not in ("declared", "flash", "uncontested"):
        return ()
    if declared.elected is not None:
        return tuple(sorted(declared.elected))
    if not declared.votes:
        return ()
    try:
        return tuple(sorted(count_of(contest, declared).elected))
    except TieWithoutLot:
        return ()
