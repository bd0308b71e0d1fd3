"""A night with every voting system: a region with its constituencies, a closed list, two wards, a referendum."""

import json
from functools import cache
from typing import Final

from schemas.register import Baselines, Body, Candidate, Contest, ListedPerson
from schemas.result import Result
from tallywire.publishing.history import History
from tests.services.ingest.referendums import ANSWERS, question
from tests.services.registers import PARTIES, synthetic_contest, synthetic_register
from tests.tallywire.publishing.histories import Json, Played, event

ELECTION: Final = "local.2030-05-02"
SEAT: Final = "local.systems.seat.2030-05-02"
REGION: Final = "local.systems.region.2030-05-02"
CLOSED: Final = "local.systems.closed.2030-05-02"
WARD: Final = "local.systems.ward.2030-05-02"
COUNTING: Final = "local.systems.counting.2030-05-02"
ASKED: Final = "local.systems.asked.2030-05-02"

_UNKNOWN: Final = Baselines(previous_election=None, sitting=None)


def register() -> bytes:
    """Return the register of the night."""
    lists = {
        "con": Candidate(name="Conservatives", party="PP52", people=(ListedPerson(name="Ann Example", id="ann"),)),
        "lab": Candidate(
            name="Labour", party="PP53", people=(ListedPerson(name="Bob Sample"), ListedPerson(name="Cay Specimen"))
        ),
        "ind": Candidate(name="Dan Trial", party="ynmp-party:2"),
    }
    stand = {
        "ann": Candidate(name="Ann Example", party="PP52"),
        "eve": Candidate(name="Eve Pattern", party="PP53"),
        "flo": Candidate(name="Flo Mock", party="PP90"),
    }

    def contest(name: str, system: str, seats: int, candidates: dict[str, Candidate], **more: object) -> Contest:
        return synthetic_contest(
            name=name, voting_system=system, seats=seats, candidates=candidates, baseline=_UNKNOWN, **more
        )

    transferable, body = {"counting_rules": "scotland"}, {"body": "systems"}
    contests = {
        SEAT: contest("Seat", "first-past-the-post", 1, stand, **body),
        REGION: contest(
            "Region", "additional-member", 2, lists, constituencies=(SEAT,), seats_before={"PP53": 1}, **body
        ),
        CLOSED: contest("Closed", "closed-list", 2, lists, **body),
        WARD: contest("Ward", "single-transferable-vote", 2, stand, **transferable),
        COUNTING: contest("Counting", "single-transferable-vote", 2, stand, counting_rules="northern-ireland"),
        ASKED: question(name="Asked"),
    }
    described = synthetic_register(
        election=ELECTION,
        parties=PARTIES | ANSWERS,
        contests=contests,
        bodies={"systems": Body(name="Synthetic Parliament", kind="parliament", seats=5)},
    )
    return event("register", ELECTION, described.model_dump(mode="json"), "register")


_PARTIES: Final = {
    party: {
        "name": one.name,
        "spoken": one.spoken,
        "number": one.number,
        "abbreviation": one.abbreviation,
        "counts_as": one.counts_as or party,
    }
    for party, one in PARTIES.items()
}


def result(ballot_id: str, name: str, system: str, seats: int, candidates: list[Json], **said: object) -> Json:
    """Return a result as aggregate publishes it; what is not said is unknown."""
    unknown: Json = {"previous_election": None, "sitting": None}
    elected = [one["candidate"] for one in candidates if one["elected"]]
    by_id = {one["candidate"]: one for one in candidates}
    fields: Json = {
        "ballot_id": ballot_id,
        "revision": 1,
        "kind": "declared",
        "counts": True,
        "contest": {"name": name, "office": "member", "voting_system": system, "seats": seats},
        "regions": ["uk"],
        "body": None,
        "elected": elected,
        "parties_elected": [by_id[each]["party"] for each in said.get("elected", elected)],  # type: ignore[attr-defined]
        "labels": unknown,
        "outcomes": unknown,
        "headline_baseline": "previous_election",
        "first_time": None,
        "majority": None,
        "lot": False,
        "rounds": 1,
        "valid_votes": sum(one["votes"] for one in candidates),
        "rejected": None,
        "electorate": None,
        "turnout": {"valid_votes": None, "papers": None},
        "swing": None,
        "candidates": candidates,
        "parties": _PARTIES,
        "declared_at": None,
        "supersedes": None,
    }
    return Result.model_validate_json(json.dumps(fields | said)).model_dump(mode="json")


def candidate(candidate_id: str, name: str, party: str, votes: int, *, elected: bool = False, **said: object) -> Json:
    """Return how one did."""
    fields = {
        "candidate": candidate_id,
        "name": name,
        "party": party,
        "votes": votes,
        "share": None,
        "elected": elected,
    }
    return fields | said


def _seat(name: str, person: str | None, divisor: int, figure: float, **said: object) -> Json:
    return {"list": name, "person": person, "divisor": divisor, "figure": figure, **said}


REGION_RESULT: Final = result(
    REGION,
    "Region",
    "additional-member",
    2,
    [
        candidate("lab", "Labour", "PP53", 700, elected=True, seats=2),
        candidate("con", "Conservatives", "PP52", 500, seats=0),
        candidate("ind", "Dan Trial", "ynmp-party:2", 90, seats=0),
    ],
    elected=["lab", "lab"],
    lot=True,
    allocation={
        "checked": True,
        "carried_in": {"con": 1},
        "seats": [_seat("lab", "Bob Sample", 1, 700.0), _seat("lab", "Cay Specimen", 2, 350.0, by_lot=True)],
        "next": _seat("con", None, 2, 250.0),
    },
    seat_changes={"PP53": 1, "PP52": -1},
)
CLOSED_RESULT: Final = result(
    CLOSED,
    "Closed",
    "closed-list",
    2,
    [
        candidate("ind", "Dan Trial", "ynmp-party:2", 600, elected=True, seats=1),
        candidate("con", "Conservatives", "PP52", 500, elected=True, seats=1),
        candidate("lab", "Labour", "PP53", 90, seats=0),
    ],
    allocation={"checked": False, "carried_in": {}, "seats": [], "waits_for": [SEAT]},
)
_FIRST: Final = {"ann": 40, "eve": 35, "flo": 25}
_STAGES: Final = [
    {
        "stage": 2,
        "action": "surplus",
        "of": ["ann"],
        "totals": {"ann": "34", "eve": "36.20010", "flo": "29.79984"},
        "transfers": {"ann": "-6", "eve": "1.20010", "flo": "4.79984"},
        "non_transferable": "0.00006",
        "elected": ["eve"],
        "excluded": [],
    },
    {
        "stage": 3,
        "action": "exclusion",
        "of": ["flo"],
        "totals": {"ann": "34", "eve": "50"},
        "transfers": {"flo": "-29.79984", "eve": "13.79990"},
        "non_transferable": "16",
        "elected": [],
        "excluded": ["flo"],
        "lot": ["flo"],
    },
]
WARD_RESULT: Final = result(
    WARD,
    "Ward",
    "single-transferable-vote",
    2,
    [
        candidate("ann", "Ann Example", "PP52", 40, elected=True, elected_at=1, last_votes="34"),
        candidate("eve", "Eve Pattern", "PP53", 35, elected=True, elected_at=2, last_votes="50"),
        candidate("flo", "Flo Mock", "PP90", 25, excluded_at=3, last_votes="29.79984"),
    ],
    quota=34,
    stages=_STAGES,
)
COUNTING_RESULT: Final = result(
    COUNTING,
    "Counting",
    "single-transferable-vote",
    2,
    [
        candidate("ann", "Ann Example", "PP52", 40, elected=True, elected_at=1, last_votes="40"),
        candidate("eve", "Eve Pattern", "PP53", 30, last_votes="30"),
        candidate("flo", "Flo Mock", "PP90", 20, excluded_at=2, last_votes="20"),
    ],
    kind="stage",
    quota=34,
    stages=[
        {
            "stage": 2,
            "action": "exclusion",
            "of": ["flo"],
            "totals": {"ann": "40", "eve": "45"},
            "transfers": {"flo": "-20", "eve": "15"},
            "non_transferable": "5",
            "elected": [],
            "excluded": ["flo"],
        }
    ],
)


@cache
def every_system() -> History:
    """Return the night: the referendum is declared, and with it all other results are there."""
    night = Played(ELECTION, register())
    by_hand = (REGION_RESULT, CLOSED_RESULT, WARD_RESULT, COUNTING_RESULT)
    declared = {"ballot_id": ASKED, "revision": 1, "votes": {"yes": 300, "no": 200}}
    return night.send(event("declaration", ELECTION, declared, "asked"), more=by_hand)
