"""Gain, hold or win: the elected compared with who held the seats before. The rules are in docs/rules.md."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from schemas.register import Baseline, Contest, Register
from schemas.result import Change, Outcome

INDEPENDENT: Final = "ynmp-party:2"
"""Democracy Club's id for candidates of no party, who share it without being one."""


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
    changed = _holder_changed(contest, elected, baseline, before, now)
    return _outcome_of(before, now, holder_changed=changed, notional=baseline.notional)


@lru_cache(maxsize=1_000)
def _outcome_of(before: tuple[str, ...], now: tuple[str, ...], *, holder_changed: bool, notional: bool) -> Outcome:
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


def first_time(register: Register, contest: Contest, party: str) -> bool | None:
    """Return whether the party had never won this contest; None where its past winners are not all known."""
    if not contest.past_winners:
        return None
    return party not in {register.main_party(past.party) for past in contest.past_winners}


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
    contest: Contest, elected: Sequence[str], baseline: Baseline, before: Sequence[str], now: Sequence[str]
) -> bool:
    """Whether an independent seat was kept by somebody else; False where a holder's name is unknown."""
    held = min(before.count(INDEPENDENT), now.count(INDEPENDENT))
    holders = [holder.name for holder in baseline.seats if holder.party == INDEPENDENT]
    if not held or None in holders:
        return False
    names = {contest.candidates[one].name for one in elected if contest.candidates[one].party == INDEPENDENT}
    return len(names & set(holders)) < held
