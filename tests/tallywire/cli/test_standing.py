"""What is printed of results and of control."""

import json
from io import StringIO

from rich.console import Console, RenderableType

from schemas.result import Result
from tallywire.cli.standing import control_lines, result_lines
from tests.services.notify.councils import Council
from tests.services.notify.results import contest, votes
from tests.tallywire.publishing.systems import CLOSED_RESULT, COUNTING_RESULT, REGION_RESULT, WARD_RESULT


def printed(*lines: RenderableType) -> list[str]:
    """Return what a console without a terminal shows."""
    file = StringIO()
    Console(file=file, width=100, highlight=False, markup=False, emoji=False).print(*lines, sep="\n")
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_contests_of_one_name_are_told_apart_by_their_council() -> None:
    """Promise: two rows that say the same are about the same contest; one council needs no naming."""
    testshire = contest()
    result = testshire.then(votes=votes("bob", of=testshire, margin=1_000)).event.data
    north, south = (result.model_copy(update={"body_name": name}) for name in ("North Testing", "South Testing"))
    head, _, *rows = printed(*result_lines([north, south]))
    assert head.split() == ["contest", "body", "result", "elected", "majority", "revision"]
    assert [("North" in row, "South" in row) for row in rows] == [(True, False), (False, True)]
    assert printed(*result_lines([north, north]))[0].split() == ["contest", "result", "elected", "majority", "revision"]


def test_what_is_not_counted_is_said_by_its_kind() -> None:
    """Promise: a contest that was postponed has no label, and is not taken for one that was won."""
    row = printed(*result_lines([contest().then("postponed", reason="A candidate has died.").event.data]))[-1]
    assert row.split()[-2:] == ["postponed", "1"]


def test_what_is_under_review_is_said_beside_the_result() -> None:
    """Promise: whoever looks a result up sees that a correction of it waits, and of a council how many do."""
    testshire = contest()
    doubted = testshire.then(votes=votes("bob", of=testshire), under_review=True).event.data
    assert "declared, under review" in printed(*result_lines([doubted]))[-1]
    council = Council(60, "PP53", "Testing").then("PP53", 3).event.data
    seats = printed(*control_lines([council.model_copy(update={"under_review": 2})]))[1]
    assert seats == "31 of 60 seats are a majority; 57 undeclared, 0 vacant; results under review: 2"


def test_control_that_is_not_certain_is_open() -> None:
    """Promise: nobody is said to have control before that is certain."""
    council = Council(60, "PP53", "Testing").then("PP53", 3)
    assert printed(*control_lines([council.event.data]))[0] == "Testing - open"


def test_control_that_stays_open_says_why() -> None:
    """Promise: where the register leaves seats out, whoever looks at open control sees that it does, and how many."""
    described = Council(60, "PP53", "Testing").then("PP53", 3).event.data
    open_for_good = described.model_copy(update={"undeclared": 0, "final": True, "undescribed": 57})
    seats = printed(*control_lines([open_for_good]))[1]
    assert seats == "31 of 60 seats are a majority; 0 undeclared, 0 vacant, 57 that the register does not describe"


def test_lists_stages_and_answers_are_said_in_a_row() -> None:
    """Promise: of lists the seats, of a count that goes on how far it is, of a referendum the answer."""
    region, closed, ward, counting = (
        Result.model_validate_json(json.dumps(data))
        for data in (REGION_RESULT, CLOSED_RESULT, WARD_RESULT, COUNTING_RESULT)
    )
    asked = ward.model_copy(update={"question": "How?", "kind": "declared", "stages": None})
    rows = [" ".join(row.split()) for row in printed(*result_lines([region, closed, ward, counting, asked]))[2:]]
    assert rows == [
        "Region declared Lab 2 1",
        "Closed declared, not checked Ind 1, Con 1 1",
        "Ward declared Ann Example (Con), Eve Pattern (Lab) 1",
        "Counting stage 2, 1 of 2 seats Ann Example (Con) 1",
        "Ward declared Ann Example, Eve Pattern 1",
    ]


def test_seats_from_lists_are_said_beside_those_of_constituencies() -> None:
    """Promise: a party's seats are told together, and how many of them are list seats."""
    council = Council(60, "PP53", "Testing").then("PP53", 3).event.data
    lines = printed(*control_lines([council.model_copy(update={"from_lists": {"PP53": 1}})]))
    assert "3 (2 + 1)" in lines[-1]
    others = Council(60, "PP53", "Testing").then("PP53", 3).then("PP52", 2).event.data
    lines = printed(*control_lines([others.model_copy(update={"from_lists": {"PP53": 1}})]))
    assert "2 (2 + 0)" in lines[-1], "one without list seats has both numbers, too"
