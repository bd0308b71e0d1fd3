"""Seats by list: the allocation, what it rests on, and what is counted of it."""

from typing import Any

from schemas.events import LedgerEvent
from schemas.register import Candidate, ListedPerson, Party
from tests.services.assembly import (
    ALLOCATED,
    FIRST,
    LISTS,
    NORTH,
    SECOND,
    SOUTH,
    THIRD,
    VOTES,
    assembly,
    constituency,
    declared,
    region,
    won_by,
)
from tests.services.events import declaration_event, register_event
from tests.services.folding import Written, aggregate_and_notify
from tests.services.registers import PARTIES

CONSTITUENCIES = (
    won_by(FIRST, "lab-winner", sequence=2),
    won_by(SECOND, "con-winner", sequence=3),
    won_by(THIRD, "con-winner", sequence=4),
)


def written(*events: LedgerEvent) -> Written:
    """Return what follows from a night of the synthetic assembly."""
    return aggregate_and_notify([register_event(assembly()), *events])


def of_north(*events: LedgerEvent) -> list[dict[str, Any]]:
    """Return the results of the northern region."""
    return [one for one in written(*events).data("results") if one.get("ballot_id") == NORTH]


def test_an_allocation_is_told_figure_by_figure() -> None:
    """Promise: order, divisor and figure of each seat, its person, who was next, and the change from last time."""
    (result,) = of_north(*CONSTITUENCIES, declared(sequence=5))
    allocation = result["allocation"]
    assert allocation["checked"]
    assert allocation["carried_in"] == {"con-list": 2, "lab-list": 1}
    told = [(seat["list"], seat["person"], seat["divisor"], seat["figure"]) for seat in allocation["seats"]]
    assert told == [
        ("con-list", "Ann Example", 3, 1333.33),
        ("con-list", "Bob Sample", 4, 1000.0),
        ("ld-list", None, 1, 1000.0),
        ("flo-mock", "Flo Mock", 1, 900.0),
    ]
    assert (allocation["next"]["list"], allocation["next"]["divisor"]) == ("con-list", 5)
    assert result["seat_changes"] == {"PP52": 1, "PP53": -3, "PP90": 1, "ynmp-party:2": 1}
    assert {one["candidate"]: one["seats"] for one in result["candidates"]} == {
        "con-list": 2,
        "lab-list": 0,
        "ld-list": 1,
        "flo-mock": 1,
    }
    assert (result["majority"], result["swing"], result["outcomes"]["previous_election"]) == (None, None, None)


def test_a_party_that_lost_its_list_seats_by_not_standing_is_named() -> None:
    """Promise: a party that had list seats and has no list now is described, and its loss is in the headline's data."""
    other = region(seats_before={"PP52": 1, "PP63": 3})
    greens = Party(name="Green Party", spoken="Greens", number="plural", abbreviation="Green")
    known = assembly(contests=assembly().contests | {NORTH: other}, parties=PARTIES | {"PP63": greens})
    night = aggregate_and_notify([register_event(known), *CONSTITUENCIES, declared(sequence=5)])
    result = night.last("results", NORTH)
    assert result["seat_changes"]["PP63"] == -3
    assert result["parties"]["PP63"]["spoken"] == "Greens"
    headline = night.last("headlines", NORTH)
    assert [(one["spoken"], one["change"]) for one in headline["losers"]] == [("Greens", -3)]
    assert "Greens 0 (-3)" in headline["detail"]


def test_a_region_before_its_constituencies_is_checked_when_they_are_in() -> None:
    """Promise: it stands as declared and says what it waits for; the last constituency checks it."""
    first, *others = of_north(declared(sequence=2), *_later(CONSTITUENCIES, 3))
    assert (first["allocation"]["checked"], first["allocation"]["waits_for"]) == (False, [FIRST, SECOND, THIRD])
    assert first["elected"] == list(ALLOCATED)
    assert [(one["allocation"]["checked"], "under_review" in one) for one in others] == [(True, False)]


def test_a_region_that_the_rule_contradicts_afterwards_is_under_review() -> None:
    """Promise: seats that turn out not to be by the rule stand, under review, until they are declared again."""
    wrong = declared(("con-list", "con-list", "con-list", "ld-list"), sequence=2)
    again = declared(revision=2, sequence=6)
    first, doubted, last = of_north(wrong, *_later(CONSTITUENCIES, 3), again)
    assert "under_review" not in first
    assert doubted["under_review"]
    assert doubted["elected"] == first["elected"]
    assert [note["code"] for note in doubted["notes"]] == ["allocation.not_by_constituencies"]
    assert (last["elected"], last["allocation"]["checked"], "under_review" in last) == (list(ALLOCATED), True, False)


def test_a_corrected_constituency_puts_its_region_under_review_and_allocates_nothing() -> None:
    """Promise: the seats stay as declared; taking the correction back, or declaring again, ends the review."""
    corrected = won_by(SECOND, "ld-winner", revision=2, sequence=6)
    back = won_by(SECOND, "con-winner", revision=3, sequence=7)
    first, doubted, ended = of_north(*CONSTITUENCIES, declared(sequence=5), corrected, back)
    assert doubted["under_review"]
    assert doubted["elected"] == first["elected"]
    assert doubted["allocation"] == first["allocation"]
    assert "under_review" not in ended
    assert ended["notes"] == first["notes"]


def test_a_correction_of_lists_tells_whose_seats_changed() -> None:
    """Promise: before and now are seats by list, of the lists that have more or fewer; others are not told."""
    elected = ("con-list", "con-list", "flo-mock", "con-list")
    corrected = declaration_event(NORTH, VOTES | {"ld-list": 700}, elected=elected, revision=2, sequence=6)
    last = of_north(*CONSTITUENCIES, declared(sequence=5), corrected)[-1]
    told = [note["text"] for note in last["notes"] if note["code"] == "winner.changed"]
    assert told == [
        "Declared elected before: Conservatives 2, Liberal Democrats 1; now: Conservatives 3, Liberal Democrats 0"
    ]


def test_somebody_who_no_longer_has_a_constituency_is_on_the_list_again() -> None:
    """Promise: a region is under review, too, where as many seats are carried in, and others are struck from a list."""
    people = {"con-list": Candidate(name="Con", party="PP52", people=(ListedPerson(name="Ind", id="ind-winner"),) * 2)}
    _is_doubted_when_another_individual_wins("ind-winner", people, VOTES, "con-list", "lab-list", "con-list", "ld-list")


def test_a_seat_that_the_rule_gives_to_another_individual_is_doubted() -> None:
    """Promise: of individuals, too, it counts who has the seat: whoever wins a constituency leaves it to the next."""
    votes = {"con-list": 6_000, "lab-list": 3_000, "ld-list": 100, "flo-mock": 2_500, "gus-trial": 2_400}
    people = {"gus-trial": Candidate(name="Gus Trial", party="ynmp-party:2")}
    seats = ("con-list", "lab-list", "con-list", "flo-mock")
    _is_doubted_when_another_individual_wins("flo-mock", people, votes, *seats)


def _is_doubted_when_another_individual_wins(
    winner: str, people: dict[str, Candidate], votes: dict[str, int], *seats: str
) -> None:
    """Declare a region, then correct its only constituency, which one individual had won, and another has."""
    standing = constituency("North One").candidates | {
        one: Candidate(name=one.title(), party="ynmp-party:2") for one in (winner, "other-winner")
    }
    register = assembly()
    contests = {
        FIRST: register.contests[FIRST].model_copy(update={"candidates": standing}),
        NORTH: region(candidates=LISTS | people, constituencies=(FIRST,)),
    }
    register = register.model_copy(update={"contests": register.contests | contests})

    def won(winner: str, **facts: Any) -> LedgerEvent:  # noqa: ANN401  # fields of a declaration
        return declaration_event(FIRST, dict.fromkeys(standing, 1) | {winner: 9}, **facts)

    results = aggregate_and_notify(
        [
            register_event(register),
            won("other-winner", sequence=2),
            declaration_event(NORTH, votes, elected=seats, sequence=3),
            won(winner, revision=2, sequence=4),
        ]
    ).data("results")
    first, doubted = [one for one in results if one.get("ballot_id") == NORTH]
    assert (first["allocation"]["checked"], first["allocation"]["carried_in"]) == (True, {})
    assert doubted["under_review"]


def test_list_seats_and_list_votes_are_counted_beside_those_of_constituencies() -> None:
    """Promise: a party's seats are counted together, the votes of its two papers apart."""
    night = written(*CONSTITUENCIES, declared(sequence=5))
    tally = [one for one in night.data("tallies") if one["region"] == "uk"][-1]
    assert (tally["declared"], tally["lists_declared"], tally["lists_expected"]) == (4, 1, 1)
    assert (tally["seats_declared"], tally["seats_expected"]) == (7, 11)
    conservatives = tally["parties"]["PP52"]
    assert (conservatives["won"], conservatives["won_on_lists"]) == (4, 2)
    assert (conservatives["votes"], conservatives["list_votes"]) == (1_900, 4_000)


def test_closed_lists_are_allocated_at_once() -> None:
    """Promise: without constituencies the votes decide, and nobody need say who is elected."""
    declared_south = declaration_event(SOUTH, VOTES, sequence=2)
    result = written(declared_south).last("results", SOUTH)
    assert result["elected"] == ["con-list", "lab-list", "con-list", "con-list"]
    assert result["parties_elected"] == ["PP52", "PP53", "PP52", "PP52"]
    tally = [one for one in written(declared_south).data("tallies") if one["region"] == "uk"][-1]
    assert (tally["parties"]["PP52"]["votes"], tally["parties"]["PP52"]["won"]) == (4_000, 3)


def _later(events: tuple[LedgerEvent, ...], sequence: int) -> list[LedgerEvent]:
    return [event.model_copy(update={"sequence": place}) for place, event in enumerate(events, start=sequence)]
