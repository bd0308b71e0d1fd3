"""Seats by list while votes are still to come: what is certain is so in every split of them, and nothing else is."""

from collections import Counter
from itertools import product
from random import Random

import pytest

from services.rules import certainty_by_votes
from services.rules.certainty import Bounds, Hopeful
from services.rules.certainty_by_votes import CountedList, bounds_by_votes
from tests.oracle.systems.certainty import every_end
from tests.oracle.systems.dhondt import Lists

DRAWN = 2_000
PARTIES = "ABCD"
Region = tuple[int, dict[str, CountedList], list[list[Hopeful]], int, int | None]
"""Seats, lists, who stands in each open constituency, votes to come, threshold."""


def drawn(chance: Random, constituencies: int) -> Region:
    """Return a small region: few enough votes to come, and constituencies open, to try everything."""
    number = chance.choice((1, 2, 2, 3, 3, 4))
    parties, most = list(PARTIES[:number]), chance.choice((2, 5, 12, 40))
    if chance.randrange(6) == 0:
        parties[-1] = parties[0]
    lists = {}
    for place, party in enumerate(parties):
        votes, alone = chance.randint(0, most), chance.randrange(5) == 0
        people = 1 if alone else chance.choice((None, None, None, 0, 1, 2, 3, 4))
        lists[f"list-{place}"] = CountedList(
            "nobody's" if alone else party, votes, people, 0 if alone else chance.choice((0, 0, 1, 2)), alone
        )
    listed = [(one, place) for one, known in lists.items() for place in range(known.people or 0)]
    chance.shuffle(listed)

    def hopeful() -> Hopeful:
        if listed and chance.random() < 0.7:
            person = listed.pop()
            return Hopeful(lists[person[0]].party, frozenset({person}))
        return Hopeful(chance.choice((*PARTIES, "nobody's")))

    fought = [[hopeful() for _ in range(chance.randint(1, 3))] for _ in range(constituencies)]
    to_come = chance.randint(0, {1: 8, 2: 6, 3: 4, 4: 3}[number] if not fought else 2)
    # Where all lists are one party's, a threshold may leave more open than is.
    several = len(lists) == 1 or len({known.party for known in lists.values()}) > 1
    threshold = chance.choice((None, None, 5, 10, 20, 25, 30, 34, 45)) if several else None
    return chance.randint(1, 5), lists, fought, to_come, threshold


def tried(
    seats: int, lists: dict[str, CountedList], fought: list[list[Hopeful]], to_come: int, threshold: int | None
) -> dict[str, Bounds]:
    """Return the fewest and the most seats of each party in all ends there are."""
    parties = {one.party for one in lists.values()} | {one.party for standing in fought for one in standing}
    alone = frozenset(one for one, known in lists.items() if known.individual)
    found = dict.fromkeys(parties, Bounds(seats + len(fought), 0))
    for winners in product(*fought):
        won = Counter(one.party for one in winners)
        struck = Counter(listed for one in winners for listed, _ in one.struck)
        ended = Lists(
            {one: known.votes for one, known in lists.items()},
            seats,
            {one: known.carried_in + won[known.party] for one, known in lists.items() if one not in alone},
            {one: None if known.people is None else known.people - struck[one] for one, known in lists.items()},
            alone,
            threshold,
        )
        for given in every_end(ended, to_come):
            total = Counter(won)
            for one, number in given.items():
                total[lists[one].party] += number
            for party in parties:
                found[party] = Bounds(min(found[party].least, total[party]), max(found[party].most, total[party]))
    return found


@pytest.mark.parametrize("constituencies", [0, 3])
def test_bounds_are_those_of_every_end_there_is(constituencies: int) -> None:
    """Promise: exact, in 3,000 drawn regions: every split of the votes to come is tried, cast or not, with any lot.

    With seats carried in, thresholds, lists without a vote, lists that run out of people, two lists of one party, and
    individuals; and together with each winner of each open constituency, who is struck from a list.
    """
    chance, open_ones, certain = Random(41), 0, 0
    for _ in range(DRAWN // (2 if constituencies else 1)):
        region = seats, lists, fought, to_come, threshold = drawn(chance, constituencies)
        found = bounds_by_votes(seats, lists, fought, to_come, threshold_per_cent=threshold)
        assert found == tried(*region), region
        open_ones += any(one.least < one.most for one in found.values())
        certain += any(one.least for one in found.values()) and to_come > 0
    assert min(open_ones, certain) > DRAWN // 8


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


def test_under_a_threshold_a_vote_fewer_may_decide() -> None:
    """Promise: not all votes need come: the last of them may lift the threshold beyond two lists at once.

    Of 174 votes and 2 more, 21 per cent are 37: Blue and Cyan, with 36 each, both reach that. With a third vote both
    would need 38, and lack 4.
    """
    lists = {
        "amber": CountedList("Amber", 102, None),
        "blue": CountedList("Blue", 36, None),
        "cyan": CountedList("Cyan", 36, None),
    }
    for to_come, sure in enumerate((4, 3, 2, 2, 2)):
        found = bounds_by_votes(4, lists, (), to_come, threshold_per_cent=21)
        assert found is not None
        assert found["Amber"].least == sure, to_come


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
