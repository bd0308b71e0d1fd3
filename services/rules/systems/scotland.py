"""The single transferable vote of Scotland's councils: the weighted inclusive Gregory method.

The Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1; the Order of 2011 (SSI 2011/399)
followed it.

- Rule 46: the quota is the valid papers divided by one more than the seats, the fraction dropped, plus one.
- Rule 47: who has the quota at the end of any stage is deemed elected.
- Rule 48: of a surplus *all* papers move, each at surplus times the value at which it came, divided by the
  candidate's votes; to five decimals, the rest dropped.
- Rule 49: the largest surplus first; of equal ones that of the candidate with most votes at the most recent stage at
  which they differed; if they never did, a lot.
- Rules 50, 51: with no surplus left the lowest is excluded, and the papers move at the value they have; of equal ones
  the lowest at the most recent stage at which they differed; if they never did, a lot.
- Rule 52: when as many continue as there are vacancies, they are deemed elected, and nothing more is transferred. The
  electronic count transfers the votes of the last excluded all the same; either is taken.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from services.rules.systems.transferable_vote import (
    Parcel,
    Piles,
    Position,
    Rules,
    Step,
    by_next_preference,
    fill_at_quota,
)


def _due(position: Position) -> Step:
    if position.surpluses:
        return position.largest_surplus(earliest=False)
    return position.lowest_exclusion(earliest=False)


def _nothing_else(_position: Position, _step: Step) -> None:
    return None


def _values(position: Position, candidate: str, came: Mapping[int, int]) -> dict[int, int]:
    votes, found = position.votes[candidate], Counter[int]()
    for value, papers in came.items():
        found[(votes - position.quota) * value // votes] += papers
    return dict(found)


def _move(position: Position, piles: Piles, step: Step) -> dict[str, int]:
    votes, continuing = dict(position.votes), set(position.continuing).difference(step.of)
    for candidate in step.of:
        had = votes[candidate]
        kept = position.quota if step.action == "surplus" else 0
        for parcel in piles.of.pop(candidate):
            value = (had - kept) * parcel.value // had
            for receiver, papers in by_next_preference(parcel.papers, continuing).items():
                piles.of[receiver].append(Parcel(value, papers))
                votes[receiver] += value * sum(papers.values())
        votes[candidate] = kept
    return votes


SCOTLAND: Final = Rules(
    decimals=5,
    earliest=False,
    ends_before_last_transfer=False,
    order_binds=True,
    due=_due,
    allowed=_nothing_else,
    fill=fill_at_quota,
    values=_values,
    move=_move,
)
"""The rules of Scotland."""
