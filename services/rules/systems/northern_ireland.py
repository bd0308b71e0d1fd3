"""The single transferable vote of Northern Ireland: the Assembly, councils, and the European Parliament until 2019.

The Local Elections (Northern Ireland) Order 1985 (SI 1985/454), schedule 2, rules 41 to 52; those of the Assembly are
the same.

- Rule 48: the quota is the valid papers divided by one more than the seats, the fraction dropped, plus one; who has
  it is deemed elected.
- Rule 49(1)-(7): of a surplus of first preferences all papers move, of a later one those last received; at the
  surplus divided by the *transferable* papers, to two decimals, the rest dropped, and never above the value at which
  they came.
- Rule 49(10): surpluses are not liable to be transferred while all of them together are less than the gap between the
  lowest, or a group of the lowest together, and the next above. Officers sometimes transfer them all the same. Else
  they are transferred before anybody is excluded (rule 49(9)); officers have excluded the lowest first, or ended the
  count.
- Rule 50: the largest surplus first; of equal ones that of the candidate with most votes at the earliest stage at
  which they differed; if they never did, a lot. What the division drops is non-transferable. Officers have
  transferred a smaller one first. What they declared stands until a court says otherwise, so all of that is noted, not
  refused.
- Rule 51: else the lowest is excluded. First preferences move first, then the papers by value, the highest first; who
  has the quota by then receives no more. Rule 51(12): two or more lowest are excluded at once when they and all
  surpluses together have less than the next. Officers sometimes exclude fewer.
- Rule 51(13): of equal ones the lowest at the earliest stage at which they differed; if they never did, a lot.
- Rule 52: when as many continue as there are vacancies, or when one of those who continue for one vacancy has as many
  votes as the others and all surpluses together, they are deemed elected, and nothing more is transferred.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from services.rules.systems.transferable_vote import (
    CENT,
    FIRST_STAGE,
    Parcel,
    Piles,
    Position,
    Rules,
    Step,
    by_next_preference,
    fill_at_quota,
)
from services.rules.verdicts import (
    STAGES_FEWER_EXCLUDED,
    STAGES_SURPLUS_LEFT,
    STAGES_SURPLUS_ORDER,
    STAGES_SURPLUS_TRANSFERRED,
)


def _groups(position: Position) -> Iterator[int]:
    """Yield how many of the lowest together, with all surpluses, have less than the next above."""
    continuing, votes = position.continuing, position.votes
    together = sum(position.surpluses.values())
    for number in range(1, min(len(continuing), len(continuing) - position.vacancies + 1)):
        together += votes[continuing[number - 1]]
        if together < votes[continuing[number]]:
            yield number


def _due(position: Position) -> Step:
    group = max(_groups(position), default=0)
    if position.surpluses and not group and position.seats > 1:
        return position.largest_surplus(earliest=True)
    if group > 1:
        return Step("exclusion", tuple(sorted(position.continuing[:group])))
    return position.lowest_exclusion(earliest=True)


def _allowed(position: Position, step: Step) -> str | None:
    due = _due(position)
    if step.action == "surplus":
        if due.action == "exclusion":
            return STAGES_SURPLUS_TRANSFERRED
        return STAGES_SURPLUS_ORDER if step.of[0] not in (due.tied or due.of) else None
    number = len(step.of)
    lowest = position.lowest_exclusion(earliest=True)
    alone = number == 1 and step.of[0] in (*lowest.of, *lowest.tied)
    if due.action == "surplus":
        return STAGES_SURPLUS_LEFT if alone else None
    group = number in _groups(position) and set(step.of) == set(position.continuing[:number])
    return STAGES_FEWER_EXCLUDED if number < len(due.of) and (alone or group) else None


def _fill(position: Position) -> list[str]:
    if position.seats == 1 and position.stage == FIRST_STAGE:
        return []  # Rule 48(3).
    found = fill_at_quota(position)
    if position.vacancies == 1 and position.continuing:
        *others, leader = position.continuing
        together = sum(position.votes[one] for one in others) + sum(position.surpluses.values())
        # Of two with equal votes each has as many as the other: rule 51(13) decides, not this.
        level = any(position.votes[one] == position.votes[leader] for one in others)
        if position.votes[leader] >= together and not level:
            found += position.elect([leader])
    return found


def _values(_position: Position, _candidate: str, _came: Mapping[int, int]) -> None:
    return None


def _move(position: Position, piles: Piles, step: Step) -> dict[str, int]:
    votes = dict(position.votes)
    if step.action == "surplus":
        (candidate,) = step.of
        surplus, last = votes[candidate] - position.quota, piles.of.pop(candidate)[-1]
        sorted_papers = by_next_preference(last.papers, set(position.continuing))
        transferable = sum(sum(papers.values()) for papers in sorted_papers.values())
        if transferable:
            value = min(last.value, surplus // transferable // CENT * CENT)
            _give(piles, votes, value, sorted_papers)
        votes[candidate] = position.quota
        return votes
    votes |= dict.fromkeys(step.of, 0)
    continuing = set(position.continuing).difference(step.of)
    parcels = [parcel for candidate in step.of for parcel in piles.of.pop(candidate)]
    left = position.vacancies
    for order in sorted({(not parcel.first, -parcel.value) for parcel in parcels}):
        if left <= 0:
            break  # Rule 52(3): no further transfer. What is left is nobody's.
        together: dict[tuple[str, ...], int] = {}
        for parcel in parcels:
            if (not parcel.first, -parcel.value) == order:
                for preferences, number in parcel.papers.items():
                    together[preferences] = together.get(preferences, 0) + number
        _give(piles, votes, -order[1], by_next_preference(together, continuing))
        reached = {one for one in continuing if votes[one] >= position.quota}
        continuing -= reached
        left -= len(reached)
    return votes


def _give(
    piles: Piles, votes: dict[str, int], value: int, by_receiver: Mapping[str, Mapping[tuple[str, ...], int]]
) -> None:
    for receiver, papers in by_receiver.items():
        piles.of[receiver].append(Parcel(value, papers))
        votes[receiver] += value * sum(papers.values())


NORTHERN_IRELAND: Final = Rules(
    decimals=2,
    earliest=True,
    ends_before_last_transfer=True,
    order_binds=False,
    due=_due,
    allowed=_allowed,
    fill=_fill,
    values=_values,
    move=_move,
)
"""The rules of Northern Ireland."""
