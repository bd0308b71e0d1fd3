"""A run of events for each occasion; one of its headlines is the example in the table."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from schemas.events import ResultsEvent
from schemas.result import Progress
from services.notify.rules.occasions import Occasion
from tests.services.notify.councils import NOC, Council
from tests.services.notify.results import CON, GREEN, LAB, LD, contest, progress, swing, votes, ward
from tests.services.notify.systems import (
    CHANGES,
    FOURTH,
    SECOND,
    THIRD,
    answer,
    closed,
    count,
    lists,
    referendum,
    region,
    stv,
)

TESTSHIRE = contest()
LABOUR: Final = votes("bob", of=TESTSHIRE, margin=1_000)
TORY: Final = votes("ann", of=TESTSHIRE, margin=1_000)
WARD = ward(3, (CON, CON, CON))


def _by_proportion() -> Council:
    """Return a parliament where a majority is rare."""
    return Council(800, None, "House of Tests", "parliament", changed={})


def _parliament(before: str) -> Council:
    return Council(650, before, "House of Tests", "parliament", landmarks=(326,))


def _flows(council: Council, *declared: tuple[str, int]) -> Council:
    for party, seats in declared:
        council = council.then(party, seats)
    return council


DECLARED = TESTSHIRE.then(votes=LABOUR)
_SWUNG = (
    contest(name="Sampleford", ballot_id="pcc.sampleford.2030-05-02").then(votes=LABOUR, swing=swing(LAB, CON, 5.13)),
    TESTSHIRE.then(votes=LABOUR, swing=swing(LAB, CON, 8.21)),
)


LISTED = ("lab", "con", "lab", "lab", "con", "green", "lab")
BEFORE = lists(region(), *LISTED, changes=CHANGES, checked=False)
TWO_SEATS = stv()
FIRST_STAGE = count(TWO_SEATS)
THREE_STAGES = count(count(FIRST_STAGE, SECOND), SECOND, THIRD)
_OTHER_THIRD = replace(THIRD, of=["eve"], totals={"ann": "1001", "bob": "995.5", "cay": "700", "dan": "360"})


def _regions(declared: int, media: int) -> tuple[Progress, ...]:
    return progress("media-testing", "Media Testing", media, 9), progress("uk", "United Kingdom", declared, 14)


EVENTS: Final[dict[Occasion, Sequence[ResultsEvent]]] = {
    Occasion.GAIN: (DECLARED.event,),
    Occasion.HOLD: (TESTSHIRE.then(votes=TORY).event,),
    Occasion.WIN: (contest(before=()).then(votes=LABOUR).event,),
    Occasion.ELECTED: (contest(before=None).then(votes=votes("dan", of=TESTSHIRE)).event,),
    Occasion.UNCONTESTED: (WARD.then("uncontested", elected=("annone", "anntwo", "annthree")).event,),
    Occasion.LIST_SEATS: (lists(closed(), "lab", "con", "lab", "con", "lab", "green").event,),
    Occasion.REGION_SEATS: (lists(region(), *LISTED, changes=CHANGES).event,),
    Occasion.ALLOCATION_CHECKED: (BEFORE.event, lists(BEFORE, *LISTED, changes=CHANGES, amended=True).event),
    Occasion.STAGE_ELECTED: (FIRST_STAGE.event,),
    Occasion.STAGE_FIRST: (count(TWO_SEATS, first={"ann": 900, "bob": 1_200, "cay": 900}, elected=()).event,),
    Occasion.STAGE: (FIRST_STAGE.event, count(FIRST_STAGE, SECOND).event),
    Occasion.REFERENDUM: (answer(referendum(), 6_234, 5_000).event,),
    Occasion.REFERENDUM_TIED: (answer(referendum(), 5_000, 5_000).event,),
    Occasion.EXCLUDED: (FIRST_STAGE.event, THREE_STAGES.event),
    Occasion.LAST_ELECTED: (
        THREE_STAGES.event,
        count(THREE_STAGES, SECOND, THIRD, FOURTH, kind="declared").event,
    ),
    Occasion.COUNT_CORRECTED: (THREE_STAGES.event, count(THREE_STAGES, SECOND, _OTHER_THIRD).event),
    Occasion.FLASH: (TESTSHIRE.then("flash", elected=("bob",)).event,),
    Occasion.PROGRESS: (TESTSHIRE.then("progress", areas_declared=7, areas_expected=11).event,),
    Occasion.RECOUNT: (TESTSHIRE.then("recount", reason="Twelve votes between the first two").event,),
    Occasion.POSTPONED: (TESTSHIRE.then("postponed", reason="A candidate has died.").event,),
    Occasion.ANNULLED: (DECLARED.event, DECLARED.then("annulled", reason="An election court has voided it").event),
    Occasion.WITHDRAWAL: (DECLARED.event, DECLARED.then("withdrawn", reason="Read out for another area").event),
    Occasion.RESULT_CORRECTED: ((first := TESTSHIRE.then(votes=TORY)).event, first.then(votes=LABOUR).event),
    Occasion.FIGURES_CORRECTED: (DECLARED.event, DECLARED.then(votes=LABOUR | {"bob": LABOUR["bob"] + 100}).event),
    Occasion.DETAILS_CORRECTED: (
        DECLARED.event,
        DECLARED.then(votes=LABOUR, amended=True, electorate=120_000).event,
    ),
    Occasion.UNDER_REVIEW: (
        DECLARED.event,
        (reviewed := DECLARED.then(votes=LABOUR, amended=True, under_review=True)).event,
    ),
    Occasion.REVIEW_ENDED: (DECLARED.event, reviewed.event, reviewed.then(votes=LABOUR, amended=True).event),
    Occasion.LARGEST_SWING: tuple(one.event for one in _SWUNG),
    Occasion.LARGEST_SWING_CORRECTED: (*(one.event for one in _SWUNG), _SWUNG[1].then("withdrawn").event),
    Occasion.COUNCIL_CLINCHED: _flows(Council(64, LAB), (CON, 20), (LAB, 12), (CON, 13)).states,
    Occasion.COUNCIL_GAINED: _flows(Council(66, NOC), (CON, 33), (LAB, 29), (CON, 4)).states,
    Occasion.COUNCIL_HELD: _flows(Council(9, LAB), (LAB, 4), (CON, 4), (LAB, 1)).states,
    Occasion.COUNCIL_LOST: _flows(Council(61, CON), (CON, 27), (LD, 20), (LAB, 9), (GREEN, 4), (CON, 1)).states,
    Occasion.COUNCIL_SURE_TO_BE_HUNG: _flows(Council(60, NOC), (LAB, 28), (CON, 29), (LD, 2)).states,
    Occasion.COUNCIL_HUNG: _flows(Council(60, NOC), (LAB, 28), (CON, 20), (LD, 12)).states,
    Occasion.COUNCIL_CORRECTED: ((clinched := _flows(Council(9, LAB), (CON, 5))).then(LAB, 1).then(CON, -1).states),
    Occasion.PARLIAMENT_CLINCHED: _flows(_parliament(CON), (LAB, 325), (CON, 100), (LAB, 1)).states,
    Occasion.PARLIAMENT_GAINED: _flows(_parliament(CON), (LAB, 411), (CON, 239)).states,
    Occasion.PARLIAMENT_HELD: _flows(_parliament(CON), (LAB, 285), (CON, 365)).states,
    Occasion.PARLIAMENT_LOST: _flows(_parliament(CON), (LAB, 320), (CON, 5), (LD, 5)).states,
    Occasion.PARLIAMENT_SURE_TO_BE_HUNG: _flows(_parliament(NOC), (LAB, 262), (CON, 317), (LD, 70)).states,
    Occasion.PARLIAMENT_HUNG: _flows(_parliament(NOC), (LAB, 262), (CON, 317), (LD, 71)).states,
    Occasion.PARLIAMENT_CORRECTED: _flows(_parliament(CON), (LAB, 326), (LAB, -1)).states,
    Occasion.LANDMARK: _flows(_parliament(CON), (LAB, 325), (LAB, 1)).states,
    Occasion.LANDMARK_CORRECTED: _flows(_parliament(CON), (LAB, 326), (LAB, -1)).states,
    Occasion.LARGEST: _flows(_by_proportion(), (LAB, 380), (CON, 100), (LD, 100)).states,
    Occasion.LARGEST_CORRECTED: _flows(_by_proportion(), (LAB, 380), (CON, 100), (LD, 100), (LAB, -60)).states,
    Occasion.REGION_COMPLETE: ((whole := contest(progress=_regions(9, 9)).then(votes=LABOUR)).event,),
    Occasion.REGION_CORRECTED: (whole.event, whole.then("withdrawn", progress=_regions(8, 8)).event),
    Occasion.ALL_DECLARED: ((whole := contest(progress=_regions(14, 9)).then(votes=LABOUR)).event,),
    Occasion.ALL_DECLARED_CORRECTED: (whole.event, whole.then("withdrawn", progress=_regions(13, 8)).event),
}
