"""Who a declaration elects. Pure."""

from dataclasses import dataclass

from schemas.declaration import DeclaredFigures
from schemas.register import Contest
from services.rules.systems.count import Count, TieWithoutLot
from services.rules.systems.first_past_the_post import first_past_the_post
from services.rules.systems.referendum import referendum
from services.rules.systems.supplementary_vote import supplementary_vote


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
    if contest.voting_system == "supplementary-vote":
        return supplementary_vote(votes, declared.final_round, lot)
    if contest.voting_system == "referendum":
        return referendum(votes)
    return first_past_the_post(votes, contest.seats, lot)


def elected_of(contest: Contest, declared: DeclaredFigures) -> tuple[str, ...]:
    """Return who a declaration elects, sorted by candidate id; empty where it elects nobody.

    Where it names them, it is those: what a returning officer declares stands in law, whatever the votes say.
    """
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
