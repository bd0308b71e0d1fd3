"""A run of events for each occasion of the table of kinds; the last headline of its kind is the table's example."""

from collections.abc import Sequence
from typing import Final

from services.notify.rules.occasions import Case
from tests.services.notify.councils import NOC, Council
from tests.services.notify.results import CON, GREEN, LAB, LD, contest, progress, swing, votes, ward
from tests.services.notify.telling import News

TESTSHIRE = contest()
LABOUR: Final = votes("bob", of=TESTSHIRE, margin=1_000)
TORY: Final = votes("ann", of=TESTSHIRE, margin=1_000)
WARD = ward(3, (CON, CON, CON))


def _parliament(before: str) -> Council:
    return Council(650, before, "House of Tests", "parliament", landmarks=(326,))


def _flows(council: Council, *declared: tuple[str, int]) -> Council:
    for party, seats in declared:
        council = council.then(party, seats)
    return council


DECLARED = TESTSHIRE.then(votes=LABOUR)
_TIE = TESTSHIRE.then(
    votes={"bob": 1_084, "ann": 1_084, "cay": 700, "dan": 300, "eve": 100}, lot=True, elected=("bob",)
)

OCCASIONS: Final[dict[Case, Sequence[News]]] = {
    "gain": (DECLARED.event,),
    "hold": (TESTSHIRE.then(votes=TORY).event,),
    "win": (contest(before=()).then(votes=LABOUR).event,),
    "elected": (contest(before=None).then(votes=votes("dan", of=TESTSHIRE)).event,),
    "uncontested": (WARD.then("uncontested", elected=("annone", "anntwo", "annthree")).event,),
    "flash": (TESTSHIRE.then("flash", elected=("bob",)).event,),
    "progress": (TESTSHIRE.then("progress", areas_declared=7, areas_expected=11).event,),
    "recount": (TESTSHIRE.then("recount", reason="Twelve votes between the first two").event,),
    "postponed": (TESTSHIRE.then("postponed", reason="A candidate has died.").event,),
    "annulled": (DECLARED.event, DECLARED.then("annulled", reason="An election court has voided it").event),
    "withdrawal": (DECLARED.event, DECLARED.then("withdrawn", reason="Read out for another area").event),
    "result_corrected": ((first := TESTSHIRE.then(votes=TORY)).event, first.then(votes=LABOUR).event),
    "figures_corrected": (DECLARED.event, DECLARED.then(votes=LABOUR | {"bob": LABOUR["bob"] + 100}).event),
    "details_corrected": (
        DECLARED.event,
        DECLARED.then(votes=LABOUR, amended=True, electorate=120_000).event,
    ),
    "first_time": (contest(first_time=True).then(votes=LABOUR).event,),
    "incumbent_defeated": (contest(sitting=("ann",)).then(votes=LABOUR).event,),
    "narrow_majority": (TESTSHIRE.then(votes=votes("bob", of=TESTSHIRE, margin=12)).event,),
    "lot": (_TIE.event,),
    "largest_swing": (
        contest(name="Sampleford", ballot_id="pcc.sampleford.2030-05-02")
        .then(votes=LABOUR, swing=swing(LAB, CON, 5.13))
        .event,
        TESTSHIRE.then(votes=LABOUR, swing=swing(LAB, CON, 8.21)).event,
    ),
    "council_clinched": _flows(Council(64, LAB), (CON, 20), (LAB, 12), (CON, 13)).states,
    "council_gained": _flows(Council(66, NOC), (CON, 33), (LAB, 29), (CON, 4)).states,
    "council_held": _flows(Council(9, LAB), (LAB, 4), (CON, 4), (LAB, 1)).states,
    "council_lost": _flows(Council(61, CON), (CON, 27), (LD, 20), (LAB, 9), (GREEN, 4), (CON, 1)).states,
    "council_hung": _flows(Council(60, NOC), (LAB, 28), (CON, 20), (LD, 12)).states,
    "council_corrected": ((clinched := _flows(Council(9, LAB), (CON, 5))).then(LAB, 1).then(CON, -1).states),
    "parliament_clinched": _flows(_parliament(CON), (LAB, 325), (CON, 100), (LAB, 1)).states,
    "parliament_gained": _flows(_parliament(CON), (LAB, 411), (CON, 239)).states,
    "parliament_held": _flows(_parliament(CON), (LAB, 285), (CON, 365)).states,
    "parliament_lost": _flows(_parliament(CON), (LAB, 320), (CON, 5), (LD, 5)).states,
    "parliament_hung": _flows(_parliament(NOC), (LAB, 262), (CON, 317), (LD, 71)).states,
    "parliament_corrected": _flows(_parliament(CON), (LAB, 326), (LAB, -1)).states,
    "landmark": _flows(_parliament(CON), (LAB, 325), (LAB, 1)).states,
    "landmark_corrected": _flows(_parliament(CON), (LAB, 326), (LAB, -1)).states,
    "region_complete": (
        contest(progress=(progress("media-testing", "Media Testing", 9, 9), progress("uk", "United Kingdom", 9, 14)))
        .then(votes=LABOUR)
        .event,
    ),
    "all_declared": (contest(progress=(progress("uk", "United Kingdom", 14, 14),)).then(votes=LABOUR).event,),
}
"""By occasion."""
