"""A result read for its seats: who is elected, who was before the correction, who held a seat and lost it."""

from typing import Final, NamedTuple, get_args

from schemas.declaration import DeclarationKind
from schemas.register import INDEPENDENT, LISTS
from schemas.result import CandidateResult, Outcome, Outcomes, Result
from services.notify.rules.wording.seats import Person

KNOWN: Final = frozenset(get_args(DeclarationKind))
"""Kinds of declaration that this release has words for. Of another one, from a later release, it says nothing."""

FINAL_ROUND: Final = 2
"""The round of the supplementary vote in which second preferences are counted."""


class SeatsWon(NamedTuple):
    """Who is elected, according to a result or to the one that it takes the place of."""

    kind: DeclarationKind | str
    """What the declaration said."""
    elected: tuple[str, ...]
    """Candidate ids, most votes first."""
    parties: tuple[str, ...]
    """Main party of each of the elected."""
    outcome: Outcome | None
    """Gain, hold or win under the baseline that headlines use; None where that is unknown or nobody is elected."""


def by_list(result: Result) -> bool:
    """Return whether the contest elects by list."""
    return result.contest.voting_system in LISTS


def is_region(result: Result) -> bool:
    """Return whether its list seats make up for the seats of constituencies."""
    return result.contest.voting_system == "additional-member"


def by_stages(result: Result) -> bool:
    """Return whether the contest elects by single transferable vote."""
    return result.contest.voting_system == "single-transferable-vote"


def is_referendum(result: Result) -> bool:
    """Return whether it is a referendum."""
    return result.contest.voting_system == "referendum"


def same_elected(one: SeatsWon, other: SeatsWon) -> bool:
    """Return whether the same are elected, in whatever order; a list is elected once for each of its seats."""
    return sorted(one.elected) == sorted(other.elected)


def vacant(result: Result, won: SeatsWon) -> int:
    """Return how many seats stay vacant, because fewer candidates stand than there are seats: all of them are elected.

    Source: docs/rules.md, "Who is elected".
    """
    return result.contest.seats - len(won.elected)


def seats_won(result: Result) -> SeatsWon:
    """Return who is elected."""
    return SeatsWon(
        result.kind, result.elected, result.parties_elected, _headline_outcome(result, result.kind, result.outcomes)
    )


def seats_won_before(result: Result) -> SeatsWon | None:
    """Return who the result before this one elected; None without one, or where we have no words for its kind."""
    was = result.supersedes
    if was is None or not was.elected or was.kind not in KNOWN:
        return None
    return SeatsWon(was.kind, was.elected, was.parties_elected, _headline_outcome(result, was.kind, was.outcomes))


def _headline_outcome(result: Result, kind: str, outcomes: Outcomes) -> Outcome | None:
    if kind == "stage":
        # Seats have gone from nobody to nobody before all are filled.
        return None
    return outcomes.sitting if result.headline_baseline == "sitting" else outcomes.previous_election


def place_name(result: Result) -> str:
    """Return the contest as it is said: by its full name where its name alone could be another one's.

    A by-election under the single transferable vote says that it is one: it fills one seat of a ward that has several.
    """
    name = result.contest.full_name or result.contest.name
    if by_stages(result) and result.contest.by_election and "by-election" not in name:
        ward, bracket, place = name.partition(" (")
        return f"{ward} by-election{bracket}{place}"
    return name


def place_in_sentence(result: Result) -> str:
    """Return the contest within a sentence: ``the Abbey by-election``."""
    said = place_name(result)
    return f"the {said}" if " by-election" in said else said


def person(result: Result, candidate: CandidateResult) -> Person:
    """Return a candidate for use in a sentence."""
    return Person(candidate.name, result.parties[candidate.party], bool(candidate.sitting))


def deciding_votes(result: Result, candidate: CandidateResult) -> int | None:
    """Return a candidate's votes in the round that decided; None where they are unknown or the candidate was out."""
    if result.rounds == FINAL_ROUND:
        return candidate.final_votes
    return candidate.votes


def winners(result: Result) -> list[CandidateResult]:
    """Return the elected, most votes first."""
    by_id = {candidate.candidate: candidate for candidate in result.candidates}
    return [by_id[candidate] for candidate in result.elected]


def unseated(result: Result) -> list[CandidateResult]:
    """Return the candidates who held a seat on the eve of poll and are not elected; a list held none."""
    return [
        one
        for one in result.candidates
        if one.sitting
        and not one.elected
        and not (by_list(result) and result.parties[one.party].counts_as != INDEPENDENT)
    ]


def leader(result: Result) -> CandidateResult | None:
    """Return who has most first preferences; None where several have, or they are unknown."""
    counted = [one for one in result.candidates if one.votes is not None]
    most = max((one.votes or 0 for one in counted), default=0)
    first = [one for one in counted if one.votes == most]
    return first[0] if len(first) == 1 else None


def trailed(result: Result) -> bool:
    """Return whether transferred votes elected somebody in the place of who was first on first preferences."""
    if by_stages(result):
        first = leader(result)
        return first is not None and not first.elected
    if result.rounds != FINAL_ROUND:
        return False
    (winner, *_), others = winners(result), [one.votes for one in result.candidates if one.votes is not None]
    return winner.votes is not None and max(others) > winner.votes
