"""What can be true of figures and rarely is, is noted on the result."""

import pytest

from schemas.register import Baselines
from tests.services.events import declaration_event, register_event
from tests.services.folding import aggregate_and_notify
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
