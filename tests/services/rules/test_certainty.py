"""What each party can win of open list seats and constituencies: bounds that are reached, and never passed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from random import Random

import pytest

from services.rules import certainty_by_votes
from services.rules.certainty import Bounds, Hopeful, OpenList, Person, bounds
from services.rules.certainty_by_votes import CountedList, bounds_by_votes

PARTIES = ("Amber", "Blue", "Cyan")


def ends(seats: int, lists: Sequence[OpenList], constituencies: Sequence[Sequence[Hopeful]]) -> Iterator[Counter[str]]:
    """Yield the seats by party in every end there is: all winners, and all splits of the list seats."""
    for winners in product(*constituencies):
        struck = {person for winner in winners for person in winner.struck}
        most = [
            seats if one.people is None else one.people - sum(of == str(place) for of, _ in struck)
            for place, one in enumerate(lists)
        ]
        for split in product(*(range(min(seats, number) + 1) for number in most)):
            if sum(split) == min(seats, sum(most)):
                won = Counter(winner.party for winner in winners)
                for one, number in zip(lists, split, strict=True):
                    won[one.party] += number
                yield won


def drawn(chance: Random, *, once: bool) -> tuple[int, list[OpenList], list[list[Hopeful]]]:
    """Return a small region whose names are scarce, or unknown; its people stand in one constituency, or in several."""
    lists = [
        OpenList(chance.choice(PARTIES), chance.choice((None, 0, 1, 1, 2, 3))) for _ in range(chance.randint(0, 3))
    ]
    people: list[Person] = [
        (str(number), place) for number, one in enumerate(lists) for place in range(one.people or 0)
    ]
    chance.shuffle(people)

    def hopeful() -> Hopeful:
        if people and chance.random() < 0.6:
            person = people.pop() if once else chance.choice(people)
            return Hopeful(lists[int(person[0])].party, frozenset({person}))
        return Hopeful(chance.choice(PARTIES))

    constituencies = [[hopeful() for _ in range(chance.randint(1, 3))] for _ in range(chance.randint(0, 3))]
    return chance.randint(0, 4), lists, constituencies


def tried(seats: int, lists: Sequence[OpenList], constituencies: Sequence[Sequence[Hopeful]]) -> dict[str, Bounds]:
    """Return the same bounds from all ends there are."""
    every = list(ends(seats, lists, constituencies))
    mentioned = {one.party for one in lists} | {one.party for standing in constituencies for one in standing}
    return {party: Bounds(min(end[party] for end in every), max(end[party] for end in every)) for party in mentioned}


def test_bounds_are_those_of_all_ends_there_are() -> None:
    """Promise: exact, in hundreds of drawn regions: each bound is reached by some end, and passed by none."""
    chance = Random(22)
    for _ in range(600):
        region = drawn(chance, once=True)
        assert bounds(*region) == tried(*region), region


def test_bounds_are_safe_where_somebody_stands_in_several_constituencies() -> None:
    """Promise: nothing is called certain that is not, though a register has a person in two constituencies."""
    chance = Random(23)
    for _ in range(300):
        region = drawn(chance, once=False)
        found = bounds(*region)
        for party, exact in tried(*region).items():
            assert found[party].least <= exact.least, region
            assert found[party].most >= exact.most, region


def test_a_list_may_win_several_seats_and_an_individual_one() -> None:
    """Promise: a list is no candidate: it can fill as many seats as it has names, all of them where none are known."""
    found = bounds(4, [OpenList("Amber", None), OpenList("Blue", 2), OpenList("Independent", 1)])
    assert found == {"Amber": Bounds(1, 4), "Blue": Bounds(0, 2), "Independent": Bounds(0, 1)}


def test_a_constituency_won_takes_the_winner_from_the_list() -> None:
    """Promise: bounds of constituencies and list are taken together: one person fills one seat."""
    listed = Hopeful("Amber", frozenset({("amber", 0)}))
    rivals = [OpenList("Amber", 1), OpenList("Blue", None)]
    assert bounds(2, rivals, [[listed, Hopeful("Blue")]])["Amber"] == Bounds(0, 1)
    unlisted = Hopeful("Amber")
    assert bounds(2, rivals, [[unlisted, Hopeful("Blue")]])["Amber"] == Bounds(0, 2)


def test_a_declared_region_leaves_its_open_constituencies() -> None:
    """Promise: list seats that are declared are nobody's to win; a constituency with one party is that party's."""
    found = bounds(0, (), [[Hopeful("Amber"), Hopeful("Blue")], [Hopeful("Amber")]])
    assert found == {"Amber": Bounds(1, 2), "Blue": Bounds(0, 1)}


def test_under_a_threshold_any_list_may_be_below_it() -> None:
    """Promise: a list that alone has names enough is not certain of seats for which it may have too few votes."""
    rivals = [OpenList("Amber", None), OpenList("Blue", 1)]
    assert bounds(3, rivals)["Amber"] == Bounds(2, 3)
    assert bounds(3, rivals, threshold=True) == {"Amber": Bounds(0, 3), "Blue": Bounds(0, 1)}
    assert bounds(3, rivals[:1], threshold=True) == {"Amber": Bounds(3, 3)}


def test_list_seats_make_up_for_constituencies_once_the_votes_are_known() -> None:
    """Promise: who wins the open constituency has one list seat less, so that the total is known before either.

    Amber 900, 450, 300 and Blue 400, 200: three seats are two and one. With the constituency Amber has 450, 300, 225
    and Blue 400, 200: one list seat fewer each time.
    """
    lists = {"amber": CountedList("Amber", 900, None), "blue": CountedList("Blue", 400, None)}
    either = [[Hopeful("Amber"), Hopeful("Blue")]]
    assert bounds_by_votes(3, lists, either) == {"Amber": Bounds(3, 3), "Blue": Bounds(1, 1)}
    outsider = [[Hopeful("Amber"), Hopeful("Cyan")]]
    assert bounds_by_votes(3, lists, outsider) == {
        "Amber": Bounds(2, 3),
        "Blue": Bounds(1, 1),
        "Cyan": Bounds(0, 1),
    }


def test_equal_figures_are_decided_by_lot() -> None:
    """Promise: of two lists level at the last seat either may have it."""
    lists = {"amber": CountedList("Amber", 900, None), "blue": CountedList("Blue", 300, None)}
    assert bounds_by_votes(3, lists, ()) == {"Amber": Bounds(2, 3), "Blue": Bounds(0, 1)}


def test_votes_are_not_used_where_there_would_be_too_much_to_work_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: a region of any size costs a fraction of a second."""
    monkeypatch.setattr(certainty_by_votes, "FIGURES_MAX", 7)
    lists = {"amber": CountedList("Amber", 900, None), "blue": CountedList("Blue", 400, None)}
    assert bounds_by_votes(2, lists, [[Hopeful("Amber")]]) is not None
    assert bounds_by_votes(2, lists, [[Hopeful("Amber"), Hopeful("Blue")]]) is None
