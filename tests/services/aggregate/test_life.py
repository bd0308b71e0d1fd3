"""A declaration's life: the table, and each message in odd orders."""

import itertools
import re
from pathlib import Path

import pytest

from schemas.declaration import DeclarationKind
from schemas.events import DeclarationEvent
from services.aggregate.rules.life import LIFE, Life
from tests.services.events import declaration_event, register_event
from tests.services.folding import Written, aggregate_and_notify
from tests.services.registers import NEWTOWN, SAMPLEFORD, TESTSHIRE, synthetic_contest, synthetic_register

DOCUMENT = Path(__file__).parents[3] / "docs" / "life.md"
LOADED = register_event(synthetic_register())
VOTES = {"ann-example": 20_000, "bob-sample": 21_000, "cay-specimen": 9_000}


def message(kind: DeclarationKind, revision: int) -> DeclarationEvent:
    """Return a message of that kind about Testshire."""
    return declaration_event(
        TESTSHIRE,
        VOTES if kind == "declared" else None,
        revision=revision,
        sequence=revision + 1,
        kind=kind,
        elected=("bob-sample",) if kind in {"flash", "uncontested"} else None,
        reason="Synthetic reason" if not LIFE[kind].expected or kind == "withdrawn" else None,
    )


def stands(*messages: DeclarationEvent) -> tuple[Written, dict[str, object]]:
    """Return what was written, and how the nation stands."""
    written = aggregate_and_notify([LOADED, *messages])
    return written, written.standing_of("uk")


def test_the_document_is_the_table() -> None:
    """Promise: docs/life.md says what the code does."""
    row = r"^\| (\w+) \|[^|]*\| (yes|no) \| (yes|no) \| (yes|no) \| (yes|no) \|"
    rows = re.findall(row, DOCUMENT.read_text("utf-8"), re.MULTILINE)
    documented = {kind: Life(*(answer == "yes" for answer in answers)) for kind, *answers in rows}
    assert documented == LIFE


@pytest.mark.parametrize("kind", sorted(LIFE.keys() - {"stage"}))  # a stage is of another voting system
def test_each_message_does_what_the_table_says(kind: DeclarationKind) -> None:
    """Promise: election, tallies and expectation follow the table, for every kind."""
    written, tally = stands(message(kind, 1))
    result, life = written.last("results", TESTSHIRE), LIFE[kind]
    assert bool(result["elected"]) == life.elects
    assert result["counts"] == life.counts
    assert (tally["declared"], tally["expected"]) == (int(life.counts), 2 + life.expected)
    assert tally["seats_expected"] == 2 + life.expected
    assert tally["postponed"] == int(not life.expected)


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(LIFE, 2)))
def test_the_higher_revision_stands_whichever_comes_first(first: DeclarationKind, second: DeclarationKind) -> None:
    """Promise: for every two kinds, in either order, what stands is the higher revision and nothing of the lower."""
    low, high = message(first, 1), message(second, 2)
    forward, in_order = stands(low, high)
    backward, reversed_order = stands(high, low)
    assert in_order == reversed_order
    assert forward.last("results", TESTSHIRE)["kind"] == backward.last("results", TESTSHIRE)["kind"] == second
    assert len(backward.data("results")) == 1


def test_a_withdrawn_contest_leaves_every_tally_and_comes_back() -> None:
    """Promise: a withdrawal is a retraction, not an overwriting; the next declaration counts again."""
    _, declared = stands(message("declared", 1))
    _, withdrawn = stands(message("declared", 1), message("withdrawn", 2))
    _, again = stands(message("declared", 1), message("withdrawn", 2), message("declared", 3))
    assert withdrawn["declared"] == 0
    assert withdrawn["parties"] == {}
    assert again == declared


def test_a_result_says_how_far_its_regions_are() -> None:
    """Promise: "n of N declared" is on the result itself, this one included."""
    written, _ = stands(message("flash", 1), message("declared", 2), message("postponed", 3))
    progress = [
        (step["declared"], step["expected"])
        for result in written.data("results")
        for step in result["progress"]
        if step["region"] == "uk"
    ]
    assert progress == [(0, 3), (1, 3), (0, 2)]


def test_the_next_declaration_is_the_earliest_that_is_still_to_come() -> None:
    """Promise: by the instant, not by how it is written; one that was declared or postponed is awaited no more."""
    times = {
        TESTSHIRE: "2030-05-03T01:00:00+01:00",
        NEWTOWN: "2030-05-03T02:30:00+01:00",
        SAMPLEFORD: "2030-05-03T02:00:00Z",
    }
    loaded = register_event(
        synthetic_register(contests={ballot: synthetic_contest(expected_at=at) for ballot, at in times.items()})
    )
    for kind in ("declared", "postponed"):
        written = aggregate_and_notify([loaded, message(kind, 1)])
        assert written.last("tallies", "uk")["next_expected"] == times[NEWTOWN]


def test_of_declarations_that_are_expected_together_the_next_is_the_first_by_ballot_id() -> None:
    """Promise: what is published follows from the register, also where one moment is written in two ways."""
    early, same = "2030-05-03T02:00:00+01:00", "2030-05-03T01:00:00Z"
    for times in ((early, same), (same, early)):
        expected = {TESTSHIRE: None, NEWTOWN: times[0], SAMPLEFORD: times[1]}
        for order in (list(expected), sorted(expected, reverse=True)):
            contests = {ballot: synthetic_contest(expected_at=expected[ballot]) for ballot in order}
            loaded = register_event(synthetic_register(contests=contests))
            written = aggregate_and_notify([loaded, message("declared", 1)])
            assert written.last("tallies", "uk")["next_expected"] == times[0]
