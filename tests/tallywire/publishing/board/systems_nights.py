"""Nights of every voting system: a council and an assembly that count in stages, parliaments with lists, a referendum.

Places and people are invented. Figures of the counts are those of made-up papers, counted by the rules.
"""

import json
from functools import cache
from typing import Any, Final

from schemas.register import Baseline, Baselines, Body, Candidate, Contest, Holder, ListedPerson, Party
from tallywire.publishing.history import History
from tests.services.ingest import referendums
from tests.services.registers import ELECTION, PARTIES, TESTSHIRE, synthetic_contest, synthetic_register
from tests.tallywire.publishing.board.by_hand import ByHand
from tests.tallywire.publishing.histories import Played, event

Json = dict[str, Any]

SNP: Final = "PP102"
GREEN: Final = "PP130"
YES: Final = "answer:yes"
NO: Final = "answer:no"

ALL_PARTIES: Final = PARTIES | {
    SNP: Party(name="Scottish National Party (SNP)", spoken="SNP", abbreviation="SNP", colour="#FDF38E", ec_id=SNP),
    GREEN: Party(
        name="Scottish Greens", spoken="Greens", number="plural", abbreviation="Green", colour="#00B140", ec_id=GREEN
    ),
    YES: Party(name="Yes", spoken="Yes", abbreviation="Yes", colour="#2A9D8F"),
    NO: Party(name="No", spoken="No", abbreviation="No", colour="#7B2D26"),
}

COUNCIL: Final = "local.2030-05-02"
WARD: Final = "local.glenexample.castle.2030-05-02"
OTHER_WARD: Final = "local.glenexample.harbour.2030-05-02"
OPEN_WARD: Final = "local.glenexample.moor.2030-05-02"

STAND: Final = {
    "ada": ("Ada Example", SNP),
    "ben": ("Ben Sample", "PP90"),
    "cat": ("Cat Specimen", "PP53"),
    "dot": ("Dot Pattern", "PP52"),
    "eva": ("Eva Trial", "ynmp-party:2"),
    "fay": ("Fay Mock", GREEN),
    "gil": ("Gil Draft", SNP),
}
FIRST: Final = {"ada": 1071, "ben": 355, "cat": 525, "dot": 399, "eva": 166, "fay": 411, "gil": 408}
QUOTA: Final = 668
STAGES: Final[tuple[Json, ...]] = (
    {
        "action": "surplus",
        "of": ["ada"],
        "totals": {
            "ada": "668",
            "ben": "413.69968",
            "cat": "593.85924",
            "dot": "448.29268",
            "eva": "214.16384",
            "fay": "443.36008",
            "gil": "428.31912",
        },
        "elected": [],
    },
    {
        "action": "exclusion",
        "of": ["eva"],
        "totals": {
            "ada": "668",
            "ben": "413.69968",
            "cat": "602.88996",
            "dot": "560.29268",
            "fay": "499.58108",
            "gil": "439.23124",
        },
        "elected": [],
    },
    {
        "action": "exclusion",
        "of": ["ben"],
        "totals": {"ada": "668", "cat": "602.88996", "dot": "560.29268", "fay": "499.58108", "gil": "583.59132"},
        "elected": [],
    },
    {
        "action": "exclusion",
        "of": ["fay"],
        "totals": {"ada": "668", "cat": "773.58536", "dot": "620.29268", "gil": "742.477"},
        "elected": ["cat", "gil", "dot"],
    },
)
"""A count of 3,335 papers for four seats, by the rules of Scotland: the last is elected without reaching the quota."""

ASSEMBLY: Final = "nia.2030-05-02"
LAGAN: Final = "nia.lagan-example.2030-05-02"
FOYLE: Final = "nia.foyle-example.2030-05-02"
PARLIAMENT: Final = "sp.2030-05-02"
WARD_BESIDE: Final = "local.synthshire.harbour.2030-05-02"
NORTH: Final = "sp.r.north-example.2030-05-02"
SOUTH: Final = "sp.r.south-example.2030-05-02"
SENEDD: Final = "senedd.2030-05-02"
GLYN: Final = "senedd.glyn-example.2030-05-02"
POLL: Final = "ref.2030-05-02"
QUESTION: Final = "ref.synthshire.2030-05-02"
ASKED: Final = "How would you like Synthshire to be run: by a leader whom the council elects?"

NOTHING_BEFORE: Final = {"baseline": Baselines(previous_election=None, sitting=None), "past_winners": None}


def night(election: str, contests: dict[str, Contest], **overrides: object) -> ByHand:
    """Return an election of which only the register is there."""
    parties = {"parties": ALL_PARTIES, "name": f"Synthetic night, {election}"}
    register = synthetic_register(**{"election": election, "contests": contests, **parties, **overrides})
    return ByHand(election, register, event("register", election, register.model_dump(mode="json"), "register"))


def people_of(*names: str) -> dict[str, Candidate]:
    """Return candidates of the count by stages."""
    wanted = names or tuple(STAND)
    return {one: Candidate(name=STAND[one][0], party=STAND[one][1]) for one in wanted}


def stv(name: str, seats: int, rules: str = "scotland", **overrides: object) -> Contest:
    """Return a contest that counts in stages."""
    before = Baseline(seats=(Holder(party="PP53"),) * 2 + (Holder(party=SNP),) * (seats - 2))
    fields = {
        "name": name,
        "office": "councillor",
        "voting_system": "single-transferable-vote",
        "counting_rules": rules,
        "seats": seats,
        "candidates": people_of(),
        "electorate": 8_120,
        "regions": ("england",),
        "baseline": Baselines(previous_election=before, sitting=None),
    }
    return synthetic_contest(**{**fields, **overrides})


@cache
def council_night() -> History:
    """Return a council of eleven seats: one ward counted in stages, one declared without them, one not yet."""
    contests = {
        WARD: stv("Castle", 4, body="glenexample"),
        OTHER_WARD: stv("Harbour", 4, body="glenexample"),
        OPEN_WARD: stv("Moor", 3, body="glenexample"),
    }
    body = Body(name="Glenexample", seats=11, before={"PP53": 6, SNP: 5}, control_before="PP53")
    said = night(COUNCIL, contests, bodies={"glenexample": body})
    said.declare(
        WARD,
        votes=FIRST,
        quota=QUOTA,
        stages=STAGES,
        elected=["ada", "cat", "gil", "dot"],
        rejected=41,
        papers=3_376,
        declared_at="2030-05-03T13:05:00+01:00",
    )
    said.declare(OTHER_WARD, votes=FIRST, elected=["ada", "cat", "fay", "gil"], declared_at="2030-05-03T14:10:00+01:00")
    return said.history


@cache
def assembly_night() -> History:
    """Return an assembly of eight seats whose one contest is counted up to stage 4, in three declarations."""
    contests = {
        LAGAN: stv("Lagan Example", 4, "northern-ireland", office="member of the assembly", body="assembly"),
        FOYLE: stv("Foyle Example", 4, "northern-ireland", office="member of the assembly", body="assembly"),
    }
    body = Body(name="Assembly of Example", kind="parliament", seats=8, before={"PP53": 4, SNP: 4})
    said = night(ASSEMBLY, contests, bodies={"assembly": body})
    for stages, time in ((0, "11:20"), (1, "13:45"), (3, "17:30")):
        said.declare(
            LAGAN,
            kind="stage",
            votes=FIRST,
            quota=QUOTA,
            stages=STAGES[:stages],
            elected=["ada"],
            declared_at=f"2030-05-03T{time}:00+01:00",
        )
    return said.history


def people(*names: str) -> tuple[ListedPerson, ...]:
    """Return the names of a list."""
    return tuple(ListedPerson(name=name) for name in names)


LISTS: Final = {
    "snp": Candidate(name="Scottish National Party (SNP)", party=SNP, people=people("Iona Example", "Jura Sample")),
    "lab": Candidate(name="Scottish Labour Party", party="PP53", people=people("Kay Specimen", "Lee Trial", "Mo Mock")),
    "con": Candidate(name="Scottish Conservatives", party="PP52", people=people("Nan Draft", "Oli Proof")),
    "green": Candidate(name="Scottish Greens", party=GREEN, people=people("Pat Pattern")),
    "ind": Candidate(name="Quin Alone", party="ynmp-party:2"),
}


def region(name: str, letter: str, **overrides: object) -> Contest:
    """Return a region of three constituencies with four list seats."""
    fields = {
        "name": name,
        "office": "member of parliament (region)",
        "voting_system": "additional-member",
        "seats": 4,
        "candidates": LISTS,
        "regions": ("england",),
        "constituencies": tuple(f"sp.c.{letter}-{number}.2030-05-02" for number in (1, 2, 3)),
        "body": "parliament",
        "seats_before": {"PP53": 2, "PP52": 2},
        "electorate": 160_000,
    }
    return synthetic_contest(**{**fields, **NOTHING_BEFORE, **overrides})


def constituency(name: str) -> Contest:
    """Return a constituency of a region."""
    stand = {one: Candidate(name=STAND[one][0], party=STAND[one][1]) for one in ("ada", "cat", "dot")}
    held = Baseline(seats=(Holder(party="PP53"),))
    return synthetic_contest(
        name=name,
        office="member of parliament",
        candidates=stand,
        body="parliament",
        regions=("england",),
        baseline=Baselines(previous_election=held, sitting=None),
    )


REGIONAL: Final = {"snp": 39_100, "lab": 21_400, "con": 15_900, "green": 8_400, "ind": 3_900}
SHARED_OUT: Final = ["lab", "con", "lab", "snp"]
"""With three constituencies won by the SNP: 21,400; 15,900; 10,700; 39,100 / 4 = 9,775."""


@cache
def parliament_night() -> History:
    """Return a parliament of fourteen seats, five of six constituencies and both regions declared.

    The region of the north is checked; that of the south waits for one of its constituencies.
    """
    said = parliament()
    for number in (1, 2, 3):
        said.declare(f"sp.c.n-{number}.2030-05-02", votes={"ada": 9_000 + number, "cat": 8_000, "dot": 3_000})
    said.declare(NORTH, votes=REGIONAL, elected=SHARED_OUT, rejected=310, declared_at="2030-05-03T05:10:00+01:00")
    for number in (1, 2):
        said.declare(f"sp.c.s-{number}.2030-05-02", votes={"ada": 7_000, "cat": 8_000 + number, "dot": 3_000})
    said.declare(SOUTH, votes=REGIONAL, elected=["snp", "con", "green", "lab"])
    return said.history


def parliament(*, ward: bool = False) -> ByHand:
    """Return the parliament before anything is declared; with a ward of a council that votes on the same day."""
    contests = {
        f"sp.c.{letter}-{n}.2030-05-02": constituency(f"{letter.upper()}-{n}") for letter in "ns" for n in (1, 2, 3)
    }
    contests |= {NORTH: region("North Example", "n"), SOUTH: region("South Example", "s")}
    if ward:
        contests[WARD_BESIDE] = constituency("Harbour").model_copy(update={"body": None, "office": "councillor"})
    before = {"PP53": 8, SNP: 4, "PP52": 2}
    body = Body(name="Parliament of Example", kind="parliament", seats=14, before=before, control_before="PP53")
    return night(PARLIAMENT, contests, bodies={"parliament": body})


def senedd() -> ByHand:
    """Return a constituency of six seats that elects by list alone, undeclared; one list has fewer names than seats."""
    stand = {
        "lab": LISTS["lab"].model_copy(update={"people": people("Kay Specimen", "Lee Trial")}),
        "snp": LISTS["snp"].model_copy(update={"people": people("Iona Example", "Jura Sample", "Rhys Pattern")}),
        "con": LISTS["con"],
        "ind": LISTS["ind"],
    }
    fields = {
        "voting_system": "closed-list",
        "electorate": 240_000,
        "seats": 6,
        "candidates": stand,
        "body": "senedd",
        "office": "member",
    }
    glyn = synthetic_contest(name="Glyn Example", seats_before={"PP53": 4, SNP: 2}, **fields, **NOTHING_BEFORE)
    body = Body(name="Senedd of Example", kind="parliament", seats=6, before={"PP53": 4, SNP: 2}, control_before="PP53")
    return night(SENEDD, {GLYN: glyn}, bodies={"senedd": body})


@cache
def senedd_night() -> History:
    """Return the same, declared."""
    said = senedd()
    said.declare(
        GLYN,
        votes={"lab": 60_000, "snp": 41_000, "con": 18_000, "ind": 17_000},
        elected=["lab", "snp", "lab", "snp", "con", "ind"],
        declared_at="2030-05-03T05:10:00+01:00",
    )
    return said.history


@cache
def referendum_night() -> History:
    """Return a referendum of one council."""
    answers = {"yes": Candidate(name="Yes", party=YES), "no": Candidate(name="No", party=NO)}
    asked = synthetic_contest(
        name="Synthshire",
        office="governance referendum",
        voting_system="referendum",
        question=ASKED,
        candidates=answers,
        **NOTHING_BEFORE,
    )
    said = night(POLL, {QUESTION: asked})
    said.declare(QUESTION, votes={"yes": 21_512, "no": 24_103}, rejected=88, declared_at="2030-05-03T02:00:00+01:00")
    return said.history


def tied_referendum() -> History:
    """Return a referendum in which answers have equal votes, by the rules of the services."""
    register = json.loads(referendums.REGISTER.model_dump_json())
    night = Played(ELECTION, event("register", ELECTION, register, "register"))
    data = {"ballot_id": TESTSHIRE, "revision": 1, "votes": {"yes": 300, "no": 300}}
    return night.send(event("declaration", ELECTION, data, "tied"))
