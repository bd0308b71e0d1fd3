"""What else is news about a contest."""

from tests.services.notify.headlines import kinds_and_texts, texts
from tests.services.notify.occasion_events import LABOUR, TORY
from tests.services.notify.results import CON, LAB, Contest, contest, swing, votes, ward


def test_a_fact_is_said_once() -> None:
    """Promise: corrected figures repeat no first, no incumbent and no narrow majority; another winner has his own."""
    first = contest(first_time=True, sitting=("ann",))
    close = first.then(votes=votes("bob", of=first, margin=12))
    closer = close.then(votes=votes("bob", of=first, margin=11))
    other = closer.then(votes=votes("cay", of=first, margin=12))
    assert texts([close.event, closer.event, other.event]) == [
        "Labour gains Testshire",
        "Labour gains Testshire for the first time",
        "Ann Example defeated in Testshire",
        "Labour gains Testshire by 12 votes",
        "CORRECTION: Labour gains Testshire, by 11, not 12",
        'CORRECTION: Liberal Democrats gain Testshire, not "Labour gains Testshire"',
        "Liberal Democrats gain Testshire for the first time",
        "Liberal Democrats gain Testshire by 12 votes",
    ]


def test_a_majority_is_narrow_below_one_per_cent() -> None:
    """Promise: exactly 1 per cent is not narrow; in a ward the votes for one seat are what counts."""
    two = {"ann": 4_950, "bob": 5_050}
    person = contest().people
    even = contest(people={one: person[one] for one in two})
    assert len(texts([even.then(votes=two).event])) == 1
    assert len(texts([even.then(votes={"ann": 4_951, "bob": 5_049}).event])) == 2
    seats = ward(2, (CON, CON))
    close = seats.then(votes=votes("annone", "anntwo", of=seats, margin=9))
    assert kinds_and_texts([close.event])[1] == ("narrow_majority", "Last seat in Testward decided by nine votes")


def test_the_largest_swing_is_the_largest_that_stands() -> None:
    """Promise: not the first one known, none that is smaller or equal; one that was withdrawn need not be beaten."""

    def place(number: int, points: float) -> Contest:
        lone = contest(name=f"Place {number}", ballot_id=f"pcc.place-{number}.2030-05-02")
        return lone.then(votes=LABOUR, swing=swing(LAB, CON, points))

    first, equal, second, third, fourth = (place(at, points) for at, points in enumerate((5.0, 5.0, 9.0, 7.0, 8.0)))
    gone = second.then("withdrawn")
    turned = fourth.then(votes=TORY, swing=swing(CON, LAB, 7.5))
    events = [one.event for one in (first, equal, second, third, gone, fourth, turned)]
    assert [text for kind, text in kinds_and_texts(events) if kind == "largest_swing"] == [
        "Largest swing so far: 9.0 points from Conservatives to Labour in Place 2",
        "Largest swing so far: 8.0 points from Conservatives to Labour in Place 4",
        "Largest swing so far: 7.5 points from Labour to Conservatives in Place 4",
    ]


def test_who_keeps_a_seat_is_not_defeated() -> None:
    """Promise: of those who held a seat only who lost it is news."""
    assert texts([contest(sitting=("ann", "bob")).then(votes=LABOUR).event]) == [
        "Labour gains Testshire",
        "Ann Example defeated in Testshire",
    ]
