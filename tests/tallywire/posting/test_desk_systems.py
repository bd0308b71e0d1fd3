"""The desk's case of a count by stages, and of lists: what is held beside what stands."""

from typing import Any, Final

from schemas.declaration import Declaration
from schemas.register import Candidate, Contest
from tallywire.desk.words import elected_in_words
from tallywire.pages.rendering import render
from tallywire.posting.desk.case import declared_column, lines_of, stages_of
from tallywire.posting.desk.routes import PACKAGE
from tests.services.registers import synthetic_contest

UNKNOWN: Final[dict[str, Any]] = {"previous_election": None, "sitting": None}
COUNT: Final[Contest] = synthetic_contest(
    voting_system="single-transferable-vote",
    counting_rules="northern-ireland",
    seats=2,
    candidates={
        name: Candidate(name=name.replace("-", " ").title(), party="ynmp-party:2")
        for name in ("ann-example", "bob-sample", "cay-specimen", "dan-trial")
    },
    baseline=UNKNOWN,
)
SURPLUS: Final = {
    "action": "surplus",
    "of": ("ann-example",),
    "totals": {"ann-example": "334", "bob-sample": "272", "cay-specimen": "233", "dan-trial": "161"},
}
EXCLUSION: Final = {
    "action": "exclusion",
    "of": ("dan-trial",),
    "totals": {"ann-example": "334.00", "bob-sample": "336.40", "cay-specimen": "285.20"},
    "non_transferable": "44.40",
}


def count(*stages: dict[str, Any]) -> Declaration:
    """Return a declaration of a count."""
    return Declaration.model_validate(
        {
            "ballot_id": "nia.testshire.2030-05-02",
            "revision": 1,
            "kind": "stage",
            "votes": {"ann-example": 400, "bob-sample": 250, "cay-specimen": 200, "dan-trial": 150},
            "quota": 334,
            "stages": stages,
            "elected": ("ann-example",),
        }
    )


def test_stages_that_differ_are_marked_and_open() -> None:
    """Promise: each stage has both figures; what differs says by how much; one more stage is none."""
    other = EXCLUSION | {"totals": {"ann-example": "334", "bob-sample": "363.4", "cay-specimen": "285.2"}}
    columns = [
        declared_column("As sent", "somebody", COUNT, count(SURPLUS, EXCLUSION)),
        declared_column("Published now", "revision 1", COUNT, count(SURPLUS, other)),
    ]
    second, third = stages_of(COUNT, columns)
    assert (second.done, second.differing) == ("Surplus of Ann Example", 0)
    assert (third.done, third.differing) == ("Exclusion of Dan Trial", 1)
    assert {line.title: (line.cells, line.differ) for line in third.lines}["Bob Sample"] == (("336.4", "363.4"), "+27")
    page = render(PACKAGE, "stages.html", columns=columns, of_stages=(second, third), named="hold 5", framed=True)
    assert page.count("<details") == 2
    assert page.count(" open>") == 1
    assert "1 differs" in page
    grown = [columns[0], declared_column("Published now", "revision 1", COUNT, count(SURPLUS))]
    assert [stage.differing for stage in stages_of(COUNT, grown)] == [0, 0]


def test_seats_of_lists_are_rows() -> None:
    """Promise: each seat is a row, and the lists are named with their seats."""
    region = synthetic_contest(
        voting_system="closed-list",
        seats=3,
        candidates={
            "con": Candidate(name="Conservatives", party="PP52"),
            "lab": Candidate(name="Labour", party="PP53"),
        },
        baseline=UNKNOWN,
    )

    def declared(*elected: str) -> Declaration:
        data = {"ballot_id": "senedd.testshire.2030-05-02", "revision": 1, "elected": elected}
        return Declaration.model_validate(data | {"votes": {"con": 4_000, "lab": 3_000}})

    columns = [
        declared_column("As sent", "", region, declared("con", "lab", "con")),
        declared_column("Published now", "", region, declared("con", "con", "lab")),
    ]
    differ = {line.title: line.differ for line in lines_of(region, columns)}
    assert [differ[f"Seat {place}"] for place in (1, 2, 3)] == [None, "differs", "differs"]
    assert differ["Declared elected"] is None
    assert elected_in_words(region, ("con", "lab", "con")) == "Conservatives 2, Labour 1"
    assert declared("con", "lab", "con").figures() != declared("con", "con", "lab").figures()
