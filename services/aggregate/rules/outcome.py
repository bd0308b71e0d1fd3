"""Gain, hold or win: the elected compared with who held the seats before. docs/rules.md, "Gain and hold"."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from schemas.register import INDEPENDENT, Baseline, Candidate, Contest, Register
from schemas.result import Change, Outcome
from services.rules.people import compare

_PAIRS_MAX: Final = 36
"""Pairs of names compared for one result: six independents after six, more than any ward elects."""


def main_parties(register: Register, contest: Contest, elected: Sequence[str]) -> tuple[str, ...]:
    """Return the main party of each of the elected."""
    return tuple(register.main_party(contest.candidates[candidate].party) for candidate in elected)


def outcome(register: Register, contest: Contest, elected: Sequence[str], baseline: Baseline | None) -> Outcome | None:
    """Compare the elected with one baseline.

    Equal parties of the set before and the set elected cancel out; what is left are gains and losses. Who took whose
    seat is certain when one side of what is left is a single party, else it is ambiguous.

    Returns:
        None when the baseline is unknown (not the same as a seat nobody held before, which is a win) or nobody is
        elected.
    """
    if baseline is None or not elected:
        return None
    before = tuple(register.main_party(holder.party) for holder in baseline.seats)
    now = main_parties(register, contest, elected)
    kept = min(before.count(INDEPENDENT), now.count(INDEPENDENT))
    changed = kept > 0 and _holder_changed(register, contest, elected, baseline, kept)
    same = _same_person(contest, elected, baseline, before, now)
    return _outcome_of(before, now, holder_changed=changed, notional=baseline.notional, same_person=same)


@lru_cache(maxsize=1_000)
def _outcome_of(
    before: tuple[str, ...], now: tuple[str, ...], *, holder_changed: bool, notional: bool, same_person: bool
) -> Outcome:
    # Most contests have one seat, and few parties win them: a night has the same few outcomes again and again.
    held, gained, lost = _flow(before, now)
    won: dict[str, int] = {}
    if not before:
        won, gained = gained, won
    change: Change = "win" if won else "gain" if gained else "hold"
    several = len(gained) > 1 and len(lost) > 1
    # With fewer elected than seats, more was lost than gained, and nobody can say which of it.
    unmatched = bool(gained) and len(lost) > 1 and sum(gained.values()) != sum(lost.values())
    return Outcome(
        change=change,
        party=_only({"gain": gained, "hold": held, "win": won}[change]),
        previous_party=_only(lost) if gained else None,
        held=dict(_by_size(held)),
        gained=dict(_by_size(gained)),
        lost=dict(_by_size(lost)),
        won=dict(_by_size(won)),
        ambiguous=several or unmatched,
        holder_changed=holder_changed,
        notional=notional,
        same_person=same_person,
    )


def label(register: Register, contest: Contest, found: Outcome | None) -> str | None:
    """Return an outcome in the House of Commons Library's short form: ``Lab gain from Con``, ``Con hold``.

    Where several seats are up, with their numbers: ``Lab gain 2 from Con``, ``Con hold 2, Ind hold 1``.
    """
    if found is None:
        return None
    one = contest.seats == 1

    def said(seats: Mapping[str, int], verb: str) -> str:
        parts = [
            f"{register.parties[party].abbreviation}{verb}" + ("" if one or alone else f" {number}")
            for party, number in _by_size(seats)
        ]
        return ", ".join(parts)

    alone = found.change != "gain" and len(found.held or found.won) == 1
    if found.change == "win":
        return said(found.won, " win")
    if found.change == "hold":
        return said(found.held, " hold")
    if found.ambiguous:
        return f"{said(found.gained, ' gain')} from {said(found.lost, '')} (ambiguous)"
    if len(found.lost) == 1:
        (loser,) = found.lost
        return ", ".join(
            f"{said({party: number}, ' gain')} from {register.parties[loser].abbreviation}"
            for party, number in _by_size(found.gained)
        )
    (gainer,) = found.gained
    return ", ".join(
        f"{said({gainer: number}, ' gain')} from {register.parties[loser].abbreviation}"
        for loser, number in _by_size(found.lost)
    )


def _flow(before: Sequence[str], now: Sequence[str]) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Return the seats held, gained and lost, by party: a party of the set before stands for one of the set elected."""
    held: dict[str, int] = {}
    gained: dict[str, int] = {}
    lost: dict[str, int] = {}
    left = list(before)
    for party in now:
        seats = held if party in left else gained
        seats[party] = seats.get(party, 0) + 1
        if seats is held:
            left.remove(party)
    for party in left:
        lost[party] = lost.get(party, 0) + 1
    return held, gained, lost


def _by_size(seats: Mapping[str, int]) -> list[tuple[str, int]]:
    if len(seats) <= 1:
        return list(seats.items())
    return sorted(seats.items(), key=lambda item: (-item[1], item[0]))


def _only(seats: Mapping[str, int]) -> str | None:
    return next(iter(seats)) if len(seats) == 1 else None


def _holder_changed(
    register: Register, contest: Contest, elected: Sequence[str], baseline: Baseline, kept: int
) -> bool:
    """Whether it is certain that, of the seats independents kept, one at least went to another; ``kept`` is above 0.

    Nothing is certain where a holder's name is unknown.
    """
    names = [holder.name for holder in baseline.seats if register.main_party(holder.party) == INDEPENDENT]
    holders = [name for name in names if name is not None]
    elected_here = [contest.candidates[one] for one in elected]
    winners = [winner for winner in elected_here if register.main_party(winner.party) == INDEPENDENT]
    if len(holders) < len(names) or len(winners) * len(holders) > _PAIRS_MAX:
        return False
    may_be = [[place for place, name in enumerate(holders) if _may_be(contest, winner, name)] for winner in winners]
    return _pairs(may_be) < kept


def _same_person(
    contest: Contest, elected: Sequence[str], baseline: Baseline, before: Sequence[str], now: Sequence[str]
) -> bool:
    """Whether a single seat changed its party with a person who may be the same, or an independent held it who is."""
    if len(before) != 1 or len(now) != 1:
        return False
    name = baseline.seats[0].name
    likeness = "another" if name is None else compare(contest.candidates[elected[0]].name, name)
    if before == now:
        return now == (INDEPENDENT,) and likeness == "same"
    return likeness != "another"


def _may_be(contest: Contest, winner: Candidate, holder: str) -> bool:
    """Whether a winner may be the holder of a name."""
    if compare(winner.name, holder) != "another":
        return True
    # A sitting member by whose name nobody sat may have sat under another one.
    sat = contest.baseline.sitting.seats if contest.baseline.sitting else ()
    return winner.sitting is True and not any(
        one.name is not None and compare(winner.name, one.name) == "same" for one in sat
    )


def _pairs(choices: Sequence[Sequence[int]]) -> int:
    """Return how many can have one of their choices each, nobody the same (a largest matching)."""
    taken: dict[int, int] = {}

    def place(one: int, asked: set[int]) -> bool:
        for choice in choices[one]:
            if choice not in asked:
                asked.add(choice)
                if choice not in taken or place(taken[choice], asked):
                    taken[choice] = one
                    return True
        return False

    return sum(place(one, set()) for one in range(len(choices)))
