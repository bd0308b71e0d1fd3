"""Who is elected."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules.systems.count import TieWithoutLot
from services.rules.systems.first_past_the_post import first_past_the_post


def test_most_votes_win_and_the_majority_is_over_the_next() -> None:
    """Promise: one seat goes to the candidate with the most votes."""
    count = first_past_the_post({"ada": 3, "bob": 5, "cid": 1}, 1)
    assert (count.elected, count.majority, count.by_lot) == (("bob",), 2, False)


def test_the_majority_of_several_seats_is_last_elected_over_first_not_elected() -> None:
    """Promise: with two seats the majority is the second's votes less the third's."""
    count = first_past_the_post({"ada": 9, "bob": 5, "cid": 1}, 2)
    assert (count.elected, count.majority) == (("ada", "bob"), 4)


def test_everybody_is_elected_when_there_are_seats_enough() -> None:
    """Promise: as many seats as candidates elect them all, and there is no majority."""
    assert first_past_the_post({"ada": 0, "bob": 5}, 2).majority is None


def test_equal_votes_are_decided_by_the_recorded_lot_only() -> None:
    """Promise: Barnsley Rockingham 2021, 1,084 each: the lot decides, and nothing else does."""
    votes = {"ada": 1084, "bob": 1084, "cid": 300}
    with pytest.raises(TieWithoutLot) as caught:
        first_past_the_post(votes, 1)
    assert (caught.value.tied, caught.value.places) == (("ada", "bob"), 1)
    assert first_past_the_post(votes, 1, ("bob",)).elected == ("bob",)
    for wrong in (("cid",), ("ada", "bob"), ("nobody",)):
        with pytest.raises(TieWithoutLot):
            first_past_the_post(votes, 1, wrong)


def test_a_tie_above_the_last_seat_needs_no_lot() -> None:
    """Promise: equal votes of two who are both elected, or both not, are no tie."""
    assert first_past_the_post({"ada": 5, "bob": 5, "cid": 1}, 2).elected == ("ada", "bob")
    assert first_past_the_post({"ada": 5, "bob": 1, "cid": 1}, 1).elected == ("ada",)


def _lot(votes: dict[str, int], seats: int) -> tuple[str, ...]:
    """Return who a lot chooses where one is needed."""
    with suppress(TieWithoutLot):
        first_past_the_post(votes, seats)
        return ()
    with pytest.raises(TieWithoutLot) as caught:
        first_past_the_post(votes, seats)
    return caught.value.tied[: caught.value.places]


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 20), min_size=1), st.integers(1, 4))
def test_nobody_elected_has_fewer_votes_than_somebody_who_is_not(votes: dict[str, int], seats: int) -> None:
    """Promise: whatever the votes, the elected are those with most, and never more than the seats."""
    count = first_past_the_post(votes, seats, _lot(votes, seats))
    assert len(count.elected) == min(seats, len(votes))
    out = votes.keys() - set(count.elected)
    assert all(votes[one] >= votes[other] for one in count.elected for other in out)
