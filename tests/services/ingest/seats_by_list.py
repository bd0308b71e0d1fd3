"""One entry for every way in which the seats of a contest by list cannot have been given."""

from typing import Final

from tests.services.assembly import FIRST, SOUTH, VOTES, assembly, constituency, region
from tests.services.ingest.lives import message, refused, register_of
from tests.services.ingest.refusals import Refused
from tests.services.registers import TESTSHIRE, synthetic_register

CLOSED: Final = register_of(assembly().contests[SOUTH].model_copy(update={"body": None}))
REGION: Final = synthetic_register(
    contests={
        TESTSHIRE: region(body=None, constituencies=(FIRST,)),
        FIRST: constituency("North One").model_copy(update={"body": None}),
    }
)
LEVEL: Final = {"con-list": 3_000, "lab-list": 0, "ld-list": 1_000, "flo-mock": 1_000}
"""Three figures of 1,000 for the last two seats."""


def _seats(*elected: str, told: tuple[str, ...], sentence: str = "", **fields: object) -> Refused:
    votes = fields.pop("votes", VOTES)
    sent = message("declared", votes=votes, elected=list(elected), **fields)
    return refused(sent, *told, sentence=sentence, register=CLOSED)


LISTS: Final = {
    "a region that does not say whose its seats are": refused(
        message("declared", votes=VOTES),
        "elected.needed data.elected",
        sentence="North has 4 seats, which depend on its constituencies. Name in data.elected the list of each seat, "
        "in the order of the seats.",
        register=REGION,
    ),
    "another list than by the rule": _seats(
        *("con-list", "lab-list", "con-list", "ld-list"),
        told=("allocation.differs data.elected",),
        sentence="By the rule the 4th seat goes to Conservatives with 1,333.33, not to Liberal Democrats with "
        "1,000.00. Check the votes, the constituencies, and who is declared elected.",
    ),
    "too few seats": _seats("con-list", "lab-list", told=("elected.wrong_number data.elected",)),
    "a list with more seats than people": _seats(
        *("con-list", "lab-list", "lab-list", "con-list"),
        told=("elected.list_used_up data.elected", "allocation.differs data.elected"),
        sentence="Labour is declared to have 2 seats, but has 1 on its list. The seat goes to the next figure.",
    ),
    "an individual twice": _seats(
        *("con-list", "lab-list", "flo-mock", "flo-mock"),
        told=("elected.individual data.elected", "allocation.differs data.elected"),
    ),
    "equal figures without a lot": refused(
        message("declared", votes=LEVEL),
        "lot.missing_for_list data.lot",
        register=CLOSED,
    ),
    "a lot between others": refused(
        message("declared", votes=LEVEL, lot=["lab-list"]),
        "lot.not_of_equal_figures data.lot",
        register=CLOSED,
    ),
}
