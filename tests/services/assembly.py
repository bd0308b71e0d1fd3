"""A synthetic assembly by the additional member system: a region of three constituencies, and one of closed lists."""

from typing import Any, Final

from schemas.events import DeclarationEvent
from schemas.register import Baselines, Body, Candidate, Contest, ListedPerson, Register
from tests.services.events import declaration_event
from tests.services.registers import PARTIES, synthetic_contest, synthetic_register

NORTH: Final = "pcc.r.north.2030-05-02"
SOUTH: Final = "pcc.r.south.2030-05-02"
NAMES: Final = ("Ann Example", "Bob Sample", "Cay Specimen", "Dan Trial", "Eve Pattern")
UNKNOWN: Final = Baselines(previous_election=None, sitting=None)
FIRST, SECOND, THIRD = (f"pcc.c.north-{number}.2030-05-02" for number in ("one", "two", "three"))

LISTS: Final = {
    "con-list": Candidate(name="Conservatives", party="PP52", people=tuple(ListedPerson(name=one) for one in NAMES)),
    "lab-list": Candidate(name="Labour", party="PP53", people=(ListedPerson(name="Lab Listed", id="lab-winner"),) * 1),
    "ld-list": Candidate(name="Liberal Democrats", party="PP90"),
    "flo-mock": Candidate(name="Flo Mock", party="ynmp-party:2"),
}
"""Labour has one person on its list, who stands in the first constituency, too."""

VOTES: Final = {"con-list": 4_000, "lab-list": 3_000, "ld-list": 1_000, "flo-mock": 900}
"""With two Conservatives and one Labour member of the constituencies: Con 4,000 / 3, Lab used up, Con 4,000 / 4
and LD level at 1,000, Flo Mock 900, Con 4,000 / 5."""

ALLOCATED: Final = ("con-list", "con-list", "ld-list", "flo-mock")


def region(**overrides: object) -> Contest:
    """Return the northern region."""
    fields: dict[str, object] = {
        "name": "North",
        "office": "member of the assembly",
        "voting_system": "additional-member",
        "seats": 4,
        "candidates": LISTS,
        "constituencies": (FIRST, SECOND, THIRD),
        "baseline": UNKNOWN,
        "body": "assembly",
        "regions": ("england",),
        "seats_before": {"PP52": 1, "PP53": 3},
    }
    return synthetic_contest(**fields | overrides)


def constituency(name: str) -> Contest:
    """Return a constituency of three candidates."""
    people = {
        "con-winner": Candidate(name="Con Winner", party="PP52"),
        "lab-winner": Candidate(name="Lab Listed", party="PP53"),
        "ld-winner": Candidate(name="Lib Winner", party="PP90"),
    }
    return synthetic_contest(
        name=name,
        office="member of the assembly",
        candidates=people,
        baseline=UNKNOWN,
        body="assembly",
        regions=("england",),
    )


def assembly(**overrides: object) -> Register:
    """Return its register; the southern region is closed lists, to be another kind of contest of the same body."""
    fields: dict[str, object] = {
        "parties": PARTIES,
        "bodies": {"assembly": Body(name="Synthetic Assembly", kind="parliament", seats=11)},
        "contests": {
            FIRST: constituency("North One"),
            SECOND: constituency("North Two"),
            THIRD: constituency("North Three"),
            NORTH: region(),
            SOUTH: region(name="South", voting_system="closed-list", constituencies=(), seats_before=None),
        },
    }
    return synthetic_register(**fields | overrides)


def won_by(ballot_id: str, winner: str, **facts: Any) -> DeclarationEvent:  # noqa: ANN401  # fields of a declaration
    """Return the declaration of a constituency that somebody has won."""
    votes = dict.fromkeys(("con-winner", "lab-winner", "ld-winner"), 100) | {winner: 900}
    return declaration_event(ballot_id, votes, **facts)


def declared(elected: tuple[str, ...] = ALLOCATED, **facts: Any) -> DeclarationEvent:  # noqa: ANN401  # the same
    """Return the declaration of the northern region."""
    return declaration_event(NORTH, VOTES, elected=elected, **facts)
