"""The largest swing so far, and what becomes of it."""

from tests.services.notify.headlines import headlines, kinds_and_texts
from tests.services.notify.occasion_events import LABOUR, TORY
from tests.services.notify.results import CON, LAB, Contest, contest, swing


def place(number: int, points: float) -> Contest:
    """Return a contest of its own, declared with a swing to Labour."""
    lone = contest(name=f"Place {number}", ballot_id=f"pcc.place-{number}.2030-05-02")
    return lone.then(votes=LABOUR, swing=swing(LAB, CON, points))


def about_swings(*contests: Contest) -> list[str]:
    """Return every headline about the largest swing."""
    said = headlines([one.event for one in contests])
    return [one.data.text for one in said if "swing" in one.data.text]


def test_the_largest_swing_is_the_largest_that_stands() -> None:
    """Promise: not the first one known, none that is smaller or equal; what is withdrawn is taken back."""
    first, equal, second, third, fourth = (place(at, points) for at, points in enumerate((5.0, 5.0, 9.0, 7.0, 8.0)))
    gone = second.then("withdrawn")
    turned = fourth.then(votes=TORY, swing=swing(CON, LAB, 7.5))
    assert about_swings(first, equal, second, third, gone, fourth, turned) == [
        "Largest swing so far: 9.0 points from Conservatives to Labour in Place 2",
        "CORRECTION: largest swing so far is 7.0 points from Conservatives to Labour in Place 3",
        "Largest swing so far: 8.0 points from Conservatives to Labour in Place 4",
        "CORRECTION: largest swing so far is 7.5 points from Labour to Conservatives in Place 4",
    ]


def test_each_takes_the_place_of_the_one_before() -> None:
    """Promise: of all that was said of the largest swing, one headline stands."""
    steps = [place(1, 5.0), place(2, 6.0), (last := place(3, 7.0)), last.then(votes=LABOUR, swing=None)]
    said = [one for one in headlines([one.event for one in steps]) if "swing" in one.data.text]
    assert [one.data.supersedes for one in said] == [None, said[0].id, said[1].id]
    assert (
        said[-1].data.text == "CORRECTION: largest swing so far is 6.0 points from Conservatives to Labour in Place 2"
    )
    assert said[-1].data.detail == (
        'Place 3 has no swing any more; "Largest swing so far: 7.0 points from Conservatives to Labour in Place 3" no '
        "longer stands."
    )


def test_a_swing_that_is_corrected_to_a_larger_one_is_a_correction() -> None:
    """Promise: the number that was said is not left standing."""
    second = place(2, 6.0)
    assert about_swings(place(1, 5.0), second, second.then(votes=LABOUR, swing=swing(LAB, CON, 6.5)))[1:] == [
        "CORRECTION: largest swing so far is 6.5 points from Conservatives to Labour in Place 2"
    ]


def test_where_no_swing_is_left_the_claim_is_gone() -> None:
    """Promise: nothing is the largest of nothing, and the next record is news again."""
    first, second = place(1, 5.0), place(2, 6.0)
    assert about_swings(first, second, first.then("withdrawn"), second.then("withdrawn"), place(3, 1.0), place(4, 2.0))[
        1:
    ] == [
        "CORRECTION: no swing is known any more",
        "Largest swing so far: 2.0 points from Conservatives to Labour in Place 4",
    ]


def test_what_one_decimal_makes_equal_is_said_with_two() -> None:
    """Promise: no swing of 11.0 points beats 11.0 points."""
    said = headlines([place(1, 10.96).event, place(2, 11.04).event])[-1].data
    assert said.detail == (
        "The swing from Conservatives to Labour in Place 2 is 11.04 points and beats 10.96 in Place 1, the only one "
        "known before."
    )
    assert "largest_swing" not in dict(kinds_and_texts([place(1, 0.01).event, place(2, 0.04).event]))
