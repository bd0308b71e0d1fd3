"""Nights on which something is odd: a contest, those around it, and declarations of theirs. All invented."""

from collections.abc import Mapping
from typing import Final

from schemas.events import DeclarationEvent
from schemas.register import Contest, Register
from services.ingest.rules.intake import Intake
from tests.services.events import declaration_event
from tests.services.ingest.odd_declarations import loaded, odd_of, take
from tests.services.registers import PARTIES, TESTSHIRE, synthetic_contest, synthetic_register

ANN: Final = "ann-example"
BOB: Final = "bob-sample"
CAY: Final = "cay-specimen"
LAST: Final = {"PP52": 25_000, "PP53": 24_000, "PP90": 6_000}
"""Last time's votes: of every hundred electors, 55 came."""
VOTES: Final = {ANN: 27_000, BOB: 23_000, CAY: 5_000}


def neighbour(number: int) -> str:
    """Return the ballot id of one of the contests around Testshire."""
    return f"pcc.neighbour-{number}.2030-05-02"


def night_register(around: int, contest: Contest | None = None, **overrides: object) -> Register:
    """Return a register of Testshire and as many contests around it, in which 55 of 100 electors came last time."""
    ordinary = synthetic_contest(previous_votes=LAST)
    contests = {TESTSHIRE: contest or ordinary} | {neighbour(number): ordinary for number in range(around)}
    return synthetic_register(contests=contests, parties=PARTIES, **overrides)


def wards(declared: int, others: int = 0, last: int = 30_000, **overrides: object) -> Intake:
    """Return what ingest remembers of wards of 100,000 electors, some of them declared, with so many votes each."""
    ward = synthetic_contest(previous_votes=shared(last, LAST), **overrides)
    contests = {f"local.testshire.ward-{number}.2030-05-02": ward for number in range(others + 1)}
    intake = loaded(synthetic_register(election="local.2030-05-02", contests=contests, parties=PARTIES))
    for number in range(1, others + 1):
        take(intake, ward_event(declared, number))
    return intake


def ward_event(declared: int, number: int = 0) -> DeclarationEvent:
    """Return a ward's declaration of so many votes, shared as last time's."""
    votes = dict(zip(VOTES, shared(declared, LAST).values(), strict=True))
    return declaration_event(f"local.testshire.ward-{number}.2030-05-02", votes)


def shared(total: int, like: Mapping[str, int]) -> dict[str, int]:
    """Return so many votes, in the shares of others."""
    return {name: total * number // sum(like.values()) for name, number in like.items()}


def around_votes(number: int) -> dict[str, int]:
    """Return what one of the contests around declares: some come more than last time, some less, none much."""
    more = 200 * (number % 5) - 400
    return {ANN: 27_000 + more, BOB: 23_000 - 2 * more, CAY: 5_000 + 2 * more}


def night(around: int = 12, contest: Contest | None = None, **overrides: object) -> Intake:
    """Return what ingest remembers after the contests around Testshire were declared."""
    intake = loaded(night_register(around, contest, **overrides))
    for number in range(around):
        take(intake, declaration_event(neighbour(number), around_votes(number)))
    return intake


def said(votes: dict[str, int] | None = None, **fields: object) -> DeclarationEvent:
    """Return a message about Testshire."""
    return declaration_event(TESTSHIRE, votes, **fields)  # type: ignore[arg-type]


def codes(intake: Intake, event: DeclarationEvent) -> list[str]:
    """Return what is odd about a declaration."""
    return [reason.code for reason in odd_of(intake, event)]


UNKNOWN: Final = synthetic_contest(electorate=None, previous_votes=None)


def _after(*events: DeclarationEvent) -> Intake:
    intake = night()
    for event in events:
        take(intake, event)
    return intake


ODD: Final[dict[str, tuple[Intake, DeclarationEvent]]] = {
    "papers.not_counted": (night(), said(VOTES, papers=61_558)),
    "turnout.beyond_limits": (night(0, synthetic_contest()), said({ANN: 3, BOB: 2, CAY: 1})),
    "turnout.far_from_others": (night(12, synthetic_contest()), said({ANN: 13_000, BOB: 12_000, CAY: 2_000})),
    "turnout.far_from_last": (night(12), said({ANN: 22_000, BOB: 18_500, CAY: 4_000})),
    "swing.beyond_limit": (night(0), said({ANN: 10_000, BOB: 41_000, CAY: 4_000})),
    "winner.changed": (_after(said(VOTES)), said({ANN: 23_000, BOB: 27_000, CAY: 5_000}, revision=2)),
    "votes.far_above_others": (night(12, UNKNOWN), said({ANN: 60_000, BOB: 50_000, CAY: 5_000})),
    "votes.far_below_others": (night(12, UNKNOWN), said({ANN: 3, BOB: 2, CAY: 1})),
}
"""By code: what was declared before, and a declaration about which this is odd."""


def told(code: str) -> str:
    """Return what the sender of such a declaration is told."""
    intake, event = ODD[code]
    (message,) = (reason.message for reason in odd_of(intake, event) if reason.code == code)
    return message
