"""Shares, turnouts, share change and swing: computed; published percentages are never trusted.

Source of the rules: docs/rules.md, "Figures".
"""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from math import floor

from schemas.declaration import Declaration
from schemas.register import INDEPENDENT, Contest, Register
from schemas.result import Swing, Turnout
from services.rules.papers import by_head, rejected_papers
from services.rules.people import compare
from services.rules.systems.count import ranked


def percent(part: int, whole: int | None) -> float | None:
    """Return ``part`` of ``whole`` in per cent, two decimals, rounded half up; None where it cannot be known."""
    if not whole:
        return None
    return (20_000 * part + whole) // (2 * whole) / 100


def points(share: Fraction) -> float:
    """Return a share, or a difference of shares, in percentage points, two decimals, rounded half up."""
    return floor(share * 10_000 + Fraction(1, 2)) / 100


def valid_votes(contest: Contest, declared: Declaration) -> int | None:
    """Return the votes counted for all candidates; None where some candidate's are not declared."""
    if declared.votes is None or declared.votes.keys() != contest.candidates.keys():
        return None
    return sum(declared.votes.values())


def turnout(contest: Contest, declared: Declaration, counted: int | None) -> Turnout:
    """Return turnout by both definitions: valid papers (Library) and all papers (returning officers) by electorate.

    A paper has one vote where one seat is up, so valid votes count valid papers; with several seats only the papers
    stated by the returning officer do.

    Args:
        contest: the contest.
        declared: its declaration.
        counted: its valid votes, where they are known.
    """
    papers, rejected = declared.papers, _uncounted_papers(declared)
    valid = counted if contest.votes_per_paper == 1 else None
    if valid is None and papers is not None and rejected is not None:
        valid = papers - rejected
    if papers is None and valid is not None and rejected is not None:
        papers = valid + rejected
    electorate = contest.electorate
    return Turnout(
        valid_votes=None if valid is None else percent(valid, electorate),
        papers=None if papers is None else percent(papers, electorate),
    )


def _uncounted_papers(declared: Declaration) -> int | None:
    """Return the papers of which no vote was counted; a total of those rejected may hold those rejected in part."""
    heads, rejected = by_head(declared), rejected_papers(declared)
    if heads is not None and rejected == heads.total() + heads.in_part:
        return heads.total()
    return rejected


def share_changes(
    register: Register, contest: Contest, declared: Declaration, valid: int | None
) -> dict[str, Fraction]:
    """Return by candidate how the party's share changed since last time.

    A candidate is missing where last time's votes are unknown, the party did not stand then, or it has several
    candidates now. Independents share no more than a word: one has a change only where the register names the same
    person as the winner of last time.

    Args:
        register: says which party each candidate counts for.
        contest: the contest.
        declared: its declaration.
        valid: its valid votes, where they are known.
    """
    if not valid or not contest.previous_votes or declared.votes is None or contest.votes_per_paper != 1:
        return {}
    previous = register.by_main_party(contest.previous_votes)
    before = sum(previous.values())
    if not before:
        return {}
    main = {candidate: register.main_party(contest.candidates[candidate].party) for candidate in declared.votes}
    standing = Counter(main.values())
    return {
        candidate: Fraction(declared.votes[candidate], valid) - Fraction(previous[party], before)
        for candidate, party in main.items()
        if party in previous
        and standing[party] == 1
        and (party != INDEPENDENT or _won_last_time(register, contest, candidate))
    }


def _won_last_time(register: Register, contest: Contest, independent: str) -> bool:
    """Whether an independent is known to be who won the contest's one seat at the previous election."""
    before = contest.baseline.previous_election
    name = contest.candidates[independent].name
    return before is not None and any(
        register.main_party(holder.party) == INDEPENDENT
        and holder.name is not None
        and compare(name, holder.name) == "same"
        for holder in before.seats
    )


def swing(
    register: Register, contest: Contest, votes: Mapping[str, int], changes: Mapping[str, Fraction]
) -> Swing | None:
    """Return the two-party swing between first and second (Butler); None where either's change is unknown.

    Args:
        register: says which party each candidate counts for.
        contest: the contest.
        votes: votes by candidate.
        changes: change of share, for all of these candidates or some.
    """
    if len(changes) < 2:  # noqa: PLR2004  # two parties
        return None
    first, second = ranked(votes)[:2]
    if first not in changes or second not in changes:
        return None
    half = (changes[first] - changes[second]) / 2
    to, fro = (first, second) if half >= 0 else (second, first)
    return Swing(
        to_party=register.main_party(contest.candidates[to].party),
        from_party=register.main_party(contest.candidates[fro].party),
        points=points(abs(half)),
    )
