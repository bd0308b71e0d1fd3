"""What can be true of figures and rarely is, is noted on the result."""

from typing import Any

import pytest

from schemas.events import AmendmentEvent, LedgerEvent
from schemas.register import Amendment, Baselines
from services.aggregate.rules.notes import notes_of_stages
from services.rules.systems.declared_count import Followed, StageFinding
from services.rules.systems.transferable_vote import Position
from services.rules.verdicts import STAGES_SURPLUS_NOT_TRANSFERRED
from tests.services.events import ACCEPTED, declaration_event, register_event
from tests.services.folding import aggregate_and_notify
from tests.services.ingest.odd_nights import ANN, BOB, CAY, LAST, night_register, said
from tests.services.ingest.odd_nights import VOTES as MANY
from tests.services.registers import SAMPLEFORD, TESTSHIRE, synthetic_contest, synthetic_register

VOTES = {"ann-example": 500, "bob-sample": 400, "cay-specimen": 0}
ONE_SEAT = {TESTSHIRE: synthetic_contest(electorate=1_500)}
TWO_SEATS = {
    TESTSHIRE: synthetic_contest(seats=2, electorate=1_500, baseline=Baselines(previous_election=None, sitting=None))
}


@pytest.mark.parametrize(
    ("papers", "difference", "text"),
    [
        (911, 1, "1 paper more than the votes and rejected papers need (911 were verified)"),
        (908, -2, "2 papers fewer than the votes and rejected papers need (908 were verified)"),
    ],
)
def test_papers_that_differ_by_a_few_are_noted(papers: int, difference: int, text: str) -> None:
    """Promise: a small difference stops nobody, and everybody can see it: how many papers, and in which direction."""
    declared = declaration_event(TESTSHIRE, VOTES, rejected=10, papers=papers)
    result = aggregate_and_notify([register_event(synthetic_register(contests=ONE_SEAT)), declared]).last(
        "results", TESTSHIRE
    )
    assert result["notes"] == [{"code": "papers.differ", "difference": difference, "text": text}]


@pytest.mark.parametrize(("papers", "differences"), [(509, [-1]), (510, []), (900, [])])
def test_with_several_seats_only_papers_too_few_are_noted(papers: int, differences: list[int]) -> None:
    """Promise: a paper may have fewer votes than there are seats, so papers to spare say nothing."""
    loaded = register_event(synthetic_register(contests=TWO_SEATS))
    declared = declaration_event(TESTSHIRE, VOTES, rejected=10, papers=papers)
    result = aggregate_and_notify([loaded, declared]).last("results", TESTSHIRE)
    assert [note["difference"] for note in result["notes"]] == differences


def test_an_unknown_electorate_is_noted() -> None:
    """Promise: where nothing could be compared with the electorate, the result says so."""
    declared = declaration_event(SAMPLEFORD, {"dan-trial": 10, "eve-pattern": 7, "flo-mock": 3})
    result = aggregate_and_notify([register_event(synthetic_register()), declared]).last("results", SAMPLEFORD)
    assert [note["code"] for note in result["notes"]] == ["electorate.unknown"]


def _noted(*events: LedgerEvent) -> list[dict[str, Any]]:
    written = aggregate_and_notify([register_event(night_register(0, synthetic_contest(previous_votes=LAST))), *events])
    notes: list[dict[str, Any]] = written.last("results", TESTSHIRE)["notes"]
    return notes


def test_what_is_odd_is_noted_where_nobody_signs() -> None:
    """Promise: what a second person would be asked to look at is noted, in words for a reader."""
    assert _noted(said({ANN: 10_000, BOB: 41_000, CAY: 4_000})) == [
        {
            "code": "swing.beyond_limit",
            "difference": None,
            "text": "A swing from Conservatives to Labour of 29.1 points; more than 25 is rare",
        }
    ]
    assert _noted(said(MANY, papers=61_558))[-1] == {
        "code": "papers.not_counted",
        "difference": 6_558,
        "text": "6,558 of 61,558 papers verified are not among the 55,000 votes, and nobody says that they were "
        "rejected",
    }


def test_another_winner_is_noted_and_stays_so() -> None:
    """Promise: who was declared before is noted, whatever came between; an amendment does not ask again."""
    withdrawn = said(None, kind="withdrawn", revision=2, reason="Synthetic", sequence=3)
    corrected = said({ANN: 23_000, BOB: 27_000, CAY: 5_000}, revision=3, sequence=4)
    note = {
        "code": "winner.changed",
        "difference": None,
        "text": "Declared elected before: Ann Example; now: Bob Sample",
    }
    assert _noted(said(MANY), withdrawn, corrected) == [note]
    amendment = Amendment(ballot_id=TESTSHIRE, electorate=90_000)
    amended = AmendmentEvent(
        id="a", source="/desk", subject=TESTSHIRE, acceptedtime=ACCEPTED, sequence=5, groupend=True, data=amendment
    )
    assert _noted(said(MANY), withdrawn, corrected, amended) == [note]


def test_what_a_second_person_let_through_is_noted_with_who_is_elected_in_law() -> None:
    """Promise: whoever is declared elected is elected, though others have more votes, and the result says both."""
    confirmed = said(MANY, elected=[BOB], papers=61_558, rejected=0)
    written = aggregate_and_notify([register_event(night_register(0, synthetic_contest())), confirmed])
    result = written.last("results", TESTSHIRE)
    assert (result["elected"], result["majority"]) == ([BOB], None)
    assert [(note["code"], note["difference"]) for note in result["notes"]] == [
        ("papers.do_not_reconcile", 6_558),
        ("elected.not_most_votes", None),
    ]
    assert result["notes"][1]["text"] == (
        "Declared elected: Bob Sample; most votes: Ann Example. What was declared stands in law"
    )


def test_what_is_so_at_many_stages_of_a_count_is_one_note() -> None:
    """Promise: a surplus left through the count is told once, with its stages, however long the count is."""
    two = TWO_SEATS[TESTSHIRE]
    left = [("ann-example", stage) for stage in (3, 4, 5, 6, 9)] + [("bob-sample", 7), ("bob-sample", 8)]
    findings = [StageFinding(STAGES_SURPLUS_NOT_TRANSFERRED, stage, one) for one, stage in left]
    position = Position(seats=2, quota=10, history=[])
    (note,) = notes_of_stages(two, Followed(position, tuple(findings), by_lot=False))
    assert note.text == (
        "Surplus not transferred, as the rules allow: stages 3, 4, 5, 6 and 9, Ann Example; stages 7 and 8, Bob Sample"
    )
    (note,) = notes_of_stages(two, Followed(position, tuple(findings[:4]), by_lot=False))
    assert note.text == "Surplus not transferred, as the rules allow: stages 3 to 6, Ann Example"
