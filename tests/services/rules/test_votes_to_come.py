"""Seats by list while votes are still to come: what is certain is so in every split of them, and nothing else is."""

from random import Random

import pytest

from services.rules import certainty_by_votes
from services.rules.certainty import Bounds, Hopeful
from services.rules.certainty_by_votes import CountedList, bounds_by_votes
from tests.oracle.systems.certainty import least_and_most
from tests.oracle.systems.dhondt import Lists

DRAWN = 1_800


def drawn(chance: Random) -> tuple[Lists, int]:
    """Return a small contest by list, and how many votes are to come: few enough to try every split of them."""
    number = chance.choice((1, 2, 2, 3, 3, 4))
    names, most = [f"list-{place}" for place in range(number)], chance.choice((2, 5, 12, 40))
    alone = frozenset(one for one in names if chance.random() < 0.2)
    people = {one: 1 if one in alone else chance.choice((None, None, None, 0, 1, 2)) for one in names}
    carried_in = {one: chance.choice((0, 0, 1, 2)) for one in names if one not in alone}
    votes = {one: chance.randint(0, most) for one in names}
    to_come = chance.randint(0, {1: 8, 2: 6, 3: 4, 4: 3}[number])
    return Lists(votes, chance.randint(1, 5), carried_in, people, alone), to_come


def counted(lists: Lists) -> dict[str, CountedList]:
    """Return the same for the rule, each of a party of its own."""
    return {
        one: CountedList(one, votes, lists.names[one], lists.carried_in.get(one, 0), one in lists.individuals)
        for one, votes in lists.votes.items()
    }


def test_bounds_are_those_of_every_split_of_the_votes_to_come() -> None:
    """Promise: exact, in 1,800 drawn contests: every split is tried in whole votes, cast or not, with any lot.

    With seats carried in, lists without a vote, lists that run out of people, and individuals.
    """
    chance, open_ones, certain = Random(41), 0, 0
    for _ in range(DRAWN):
        lists, to_come = drawn(chance)
        found = bounds_by_votes(lists.seats, counted(lists), (), to_come)
        assert found is not None
        told = {one: (seats.least, seats.most) for one, seats in found.items()}
        assert told == least_and_most(lists, to_come), (lists, to_come)
        open_ones += any(least < most for least, most in told.values())
        certain += any(least for least, _ in told.values()) and to_come > 0
    assert min(open_ones, certain) > DRAWN // 4


def test_the_least_cost_is_that_of_all_lists_together() -> None:
    """Promise: of figures that are equally cheap, the one is taken after which the next is cheaper.

    Amber's second figure is 1.5. To keep that seat of three from it, others need two such figures. The individual needs
    2 votes for one, and so does Blue; but with a third vote Blue has both.
    """
    lists = {
        "alone": CountedList("Independent", 0, 1, individual=True),
        "amber": CountedList("Amber", 3, None),
        "blue": CountedList("Blue", 0, None),
    }
    for to_come, sure in ((2, 2), (3, 1)):
        found = bounds_by_votes(3, lists, (), to_come)
        assert found is not None
        assert found["Amber"].least == sure, to_come


def test_two_lists_of_one_party_are_taken_together() -> None:
    """Promise: the votes to come may be split between its lists, and what one list loses the other may keep.

    Amber's two lists have 60 and 55, Blue 50. With 5 votes or more Blue has one of two seats; both are 70 votes away,
    two figures as high as Amber's 60.
    """
    lists = {
        "amber": CountedList("Amber", 60, None),
        "amber-too": CountedList("Amber", 55, None),
        "blue": CountedList("Blue", 50, None),
    }
    assert bounds_by_votes(2, lists, (), 4) == {"Amber": Bounds(2, 2), "Blue": Bounds(0, 0)}
    assert bounds_by_votes(2, lists, (), 9) == {"Amber": Bounds(1, 2), "Blue": Bounds(0, 1)}
    assert bounds_by_votes(2, lists, (), 60) == {"Amber": Bounds(1, 2), "Blue": Bounds(0, 1)}
    assert bounds_by_votes(2, lists, (), 70) == {"Amber": Bounds(0, 2), "Blue": Bounds(0, 2)}


def test_each_list_needs_a_vote_of_its_own() -> None:
    """Promise: one vote to come is a seat for one of two lists that have none, though a seat would be left over."""
    lists = {
        "amber": CountedList("Amber", 0, 1),
        "amber-too": CountedList("Amber", 0, 1),
        "blue": CountedList("Blue", 10, 1),
    }
    assert bounds_by_votes(3, lists, (), 1) == {"Amber": Bounds(0, 1), "Blue": Bounds(1, 1)}
    assert bounds_by_votes(3, lists, (), 2) == {"Amber": Bounds(0, 2), "Blue": Bounds(1, 1)}


def test_votes_to_come_and_open_constituencies_are_taken_together() -> None:
    """Promise: who wins the open constituency has a list seat less, and with votes to come that may still be so.

    Amber 900, 450, 300, 225 and Blue 400, 200: three list seats are two and one. With the constituency Amber has 450,
    300, 225, and Blue 400: that is one list seat fewer. With 250 more votes Blue has 650, 325, and a second seat.
    """
    lists = {"amber": CountedList("Amber", 900, None), "blue": CountedList("Blue", 400, None)}
    either = [[Hopeful("Amber"), Hopeful("Blue")]]
    assert bounds_by_votes(3, lists, either, 50) == {"Amber": Bounds(3, 3), "Blue": Bounds(1, 1)}
    assert bounds_by_votes(3, lists, either, 250) == {"Amber": Bounds(2, 3), "Blue": Bounds(1, 2)}


def test_votes_are_not_used_where_there_would_be_too_much_to_work_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: while votes are to come each end costs more, so that fewer of them are tried."""
    monkeypatch.setattr(certainty_by_votes, "FIGURES_MAX", 15)
    lists = {"amber": CountedList("Amber", 900, None), "blue": CountedList("Blue", 400, None)}
    either = [[Hopeful("Amber"), Hopeful("Blue")]]
    assert bounds_by_votes(2, lists, either) is not None
    assert bounds_by_votes(2, lists, either, 50) is None
    assert bounds_by_votes(2, lists, either[:0], 50) is not None
