"""The oracle's own counting, by hand and by what must always hold: it is what the services are compared with."""

from fractions import Fraction
from random import Random

import pytest

from schemas.events import AmendmentEvent, DeclarationEvent, RegisterEvent
from schemas.reading import read_ledger_event
from tests.oracle.systems import written
from tests.oracle.systems.dhondt import Lists, NoLotError, allocation, drawn
from tests.oracle.systems.nights import night
from tests.oracle.systems.transfers import scotland
from tests.oracle.systems.wards import irish_count, scottish_count


def test_seats_carried_in_thresholds_names_and_individuals() -> None:
    """Promise: list seats go to the highest figure, and nobody has more than there are names, one for an individual."""
    votes = {"a": 120, "b": 60, "c": 31, "alone": 40}
    alone = frozenset({"alone"})
    found = allocation(Lists(votes, 5, {"a": 2}, {"b": 1}, alone))
    assert [(seat.to, int(seat.figure)) for seat in found] == [
        ("b", 60),
        ("a", 40),
        ("alone", 40),
        ("c", 31),
        ("a", 30),
    ]
    few = Lists({"a": 96, "b": 4}, 2, threshold_per_cent=5)
    assert [seat.to for seat in allocation(few)] == ["a", "a"]


def test_equal_figures_for_the_last_seat_need_a_lot() -> None:
    """Promise: nobody is chosen among equal figures but by lot."""
    lists = Lists({"a": 10, "b": 10}, 1)
    with pytest.raises(NoLotError):
        allocation(lists)
    assert [(seat.to, seat.by_lot) for seat in allocation(lists, drawn(["b"]))] == [("b", True)]


def test_a_surplus_of_scotland_is_cut_after_five_decimals() -> None:
    """Promise: all papers of a surplus move, at their value times surplus by votes, cut and not rounded."""
    ballots = {("a", "b"): 5, ("a", "c"): 2, ("b",): 2, ("c",): 1}
    count = scotland("abc", ballots, 2, lambda tied: tied[0])
    assert count.quota == 4
    (stage,) = count.stages
    assert (stage.action, stage.of) == ("surplus", ["a"])
    # 3 x 1 / 7 is 0.428571...
    assert stage.totals == {"a": 4, "b": 2 + 5 * Fraction("0.42857"), "c": 1 + 2 * Fraction("0.42857")}
    assert written.figures(stage.totals) == {"a": "4", "b": "4.14285", "c": "1.85714"}
    assert count.elected == ["a", "b"]


def test_counts_keep_all_votes_and_fill_all_seats() -> None:
    """Promise: votes are never made, what is lost only grows, and as many are elected as there are seats."""
    for seed in range(200):
        chance = Random(seed)
        names = [f"c{place}" for place in range(chance.randint(3, 8))]
        seats = chance.randint(1, len(names) - 1)
        count = (irish_count if seed % 2 else scottish_count)(chance, names, seats)
        lost = [count.non_transferable(place) for place in range(len(count.history))]
        assert (len(set(count.elected)), int(lost[0]), lost) == (seats, 0, sorted(lost)), seed
        cut = 100 if seed % 2 else 100_000
        assert all((votes * cut).denominator == 1 for stage in count.stages for votes in stage.totals.values()), seed


def test_nights_are_messages_of_the_contract() -> None:
    """Promise: what is drawn can be sent."""
    for seed in range(60):
        for sent in night(seed).sent:
            event = read_ledger_event(sent.raw)
            assert isinstance(event, RegisterEvent | AmendmentEvent | DeclarationEvent)
            if isinstance(event, RegisterEvent):
                assert event.data.contests
