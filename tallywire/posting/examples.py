"""Examples of forms and of declarations, one or more for each voting system: of places and people that are invented."""

from typing import Any, Final

Json = dict[str, Any]

PCC: Final = "pcc.testshire.2030-05-02"
_STV: Final = "nia.sampleford.2030-05-02"
_REGION: Final = "sp.r.north-testing.2030-05-02"
_CLOSED: Final = "senedd.testing-bay.2030-05-02"
_REFERENDUM: Final = "ref.testshire.2030-05-02"
_MAYOR: Final = "mayor.testshire.2030-05-02"


def _declaration(ballot_id: str, summary: str, **data: object) -> Json:
    event = {
        "specversion": "1.0",
        "id": f"{ballot_id.split('.')[-2]}-1",
        "source": f"/count-centres/{ballot_id.split('.')[-2]}",
        "type": "tallywire.declaration.v1",
        "subject": ballot_id,
        "data": {"ballot_id": ballot_id, "revision": 1, **data},
    }
    return {"summary": summary, "value": event}


_FIRST: Final = {"ann-example": 400, "bob-sample": 250, "cay-specimen": 200, "dan-trial": 150}
_SURPLUS: Final[Json] = {
    "action": "surplus",
    "of": ["ann-example"],
    "totals": {"ann-example": "334", "bob-sample": "272", "cay-specimen": "233", "dan-trial": "161"},
    "non_transferable": "0",
}
_EXCLUSION: Final[Json] = {
    "action": "exclusion",
    "of": ["dan-trial"],
    "totals": {"ann-example": "334", "bob-sample": "336.4", "cay-specimen": "285.2"},
    "non_transferable": "44.4",
    "elected": ["bob-sample"],
}

DECLARATIONS: Final[Json] = {
    "first-past-the-post": _declaration(
        PCC, "Most votes: a constituency, a ward, an office of one", votes={"ann-example": 1833, "bob-sample": 906}
    ),
    "supplementary-vote": _declaration(
        _MAYOR,
        "Supplementary vote, with its final round",
        votes={"ann-example": 1833, "bob-sample": 1906, "cay-specimen": 877},
        final_round={"ann-example": 2210, "bob-sample": 2104},
        elected=["ann-example"],
        rejected=41,
    ),
    "single-transferable-vote-stage": _declaration(
        _STV,
        "Single transferable vote in Northern Ireland: the count so far",
        kind="stage",
        votes=_FIRST,
        quota=334,
        stages=[_SURPLUS],
        rejected=12,
    ),
    "single-transferable-vote": _declaration(
        _STV,
        "Single transferable vote: the whole count",
        votes=_FIRST,
        quota=334,
        stages=[_SURPLUS, _EXCLUSION],
        elected=["ann-example", "bob-sample"],
        rejected=12,
    ),
    "additional-member": _declaration(
        _REGION,
        "A region of the additional member system: votes by list, and the lists in the order of the seats",
        votes={"labour": 42_000, "conservatives": 30_000, "greens": 14_000, "ann-example": 3_000},
        elected=["conservatives", "greens", "conservatives", "labour"],
        rejected=120,
    ),
    "closed-list": _declaration(
        _CLOSED,
        "Closed lists",
        votes={"labour": 42_000, "conservatives": 30_000, "greens": 14_000},
        elected=["labour", "conservatives", "labour"],
    ),
    "referendum": _declaration(
        _REFERENDUM, "A referendum: votes by answer", votes={"yes": 12_480, "no": 9_155}, elected=["yes"], rejected=88
    ),
}
"""What may be posted, by voting system."""


def _form(ballot_id: str, name: str, office: str, system: str, **more: object) -> Json:
    _, *_, day = ballot_id.split(".")
    kind = ballot_id.split(".", maxsplit=1)[0]
    return {
        "election": f"{kind}.{day}",
        "election_name": "Synthetic elections, 2 May 2030",
        "test": False,
        "ballot_id": ballot_id,
        "name": name,
        "office": office,
        "voting_system": system,
        "seats": 1,
        "electorate": 4200,
        "returning_officer": f"Returning Officer of {name}",
        "expected_at": "2030-05-02T23:30:00Z",
        "candidates": [],
        "counting_rules": None,
        "constituencies": [],
        "threshold_per_cent": None,
        "question": None,
        "count": None,
        "areas": [],
        "next_revision": 1,
        **more,
    }


def _stands(candidate: str, name: str, party: str, **more: object) -> Json:
    return {"candidate": candidate, "name": name, "party": party, "individual": False, "people": None, **more}


def _people(*names: str) -> list[Json]:
    return [{"name": name, "won": None} for name in names]


FORMS: Final[Json] = {
    "first-past-the-post": {
        "summary": "Most votes",
        "value": _form(
            PCC,
            "Testshire",
            "police and crime commissioner",
            "first-past-the-post",
            candidates=[
                _stands("ann-example", "Ann Example", "Labour Party"),
                _stands("bob-sample", "Bob Sample", "Liberal Democrats"),
            ],
        ),
    },
    "single-transferable-vote": {
        "summary": "Single transferable vote, after its second stage",
        "value": _form(
            _STV,
            "Sampleford",
            "member of the Assembly",
            "single-transferable-vote",
            seats=2,
            counting_rules="northern-ireland",
            candidates=[
                _stands("ann-example", "Ann Example", "Synthetic Alliance"),
                _stands("bob-sample", "Bob Sample", "Synthetic Unionists"),
                _stands("cay-specimen", "Cay Specimen", "Synthetic Nationalists"),
                _stands("dan-trial", "Dan Trial", "Independent"),
            ],
            count={
                "revision": 1,
                "kind": "stage",
                "votes": _FIRST,
                "quota": 334,
                "stages": [_SURPLUS | {"transfers": None, "elected": None, "lot": None}],
                "elected": ["ann-example"],
                "rejected": 12,
                "rejected_by_head": None,
            },
            next_revision=2,
        ),
    },
    "additional-member": {
        "summary": "A region, before one of its constituencies is declared",
        "value": _form(
            _REGION,
            "North Testing",
            "regional members of the Parliament",
            "additional-member",
            seats=4,
            candidates=[
                _stands("labour", "Labour Party", "Labour Party", people=_people("Uma Draft", "Vic Proof")),
                _stands(
                    "conservatives",
                    "Conservative and Unionist Party",
                    "Conservative and Unionist Party",
                    people=[
                        {"name": "Wyn Mock", "won": "sp.c.testshire.2030-05-02"},
                        *_people("Xan Pattern", "Zoe Trial"),
                    ],
                ),
                _stands("greens", "Synthetic Greens", "Synthetic Greens"),
                _stands("ann-example", "Ann Example", "Independent", individual=True),
            ],
            constituencies=[
                {
                    "ballot_id": "sp.c.testshire.2030-05-02",
                    "name": "Testshire",
                    "elected": ["Wyn Mock"],
                    "party": "Conservative and Unionist Party",
                    "list": "conservatives",
                },
                {
                    "ballot_id": "sp.c.sampleford.2030-05-02",
                    "name": "Sampleford",
                    "elected": None,
                    "party": None,
                    "list": None,
                },
            ],
        ),
    },
    "referendum": {
        "summary": "A referendum",
        "value": _form(
            _REFERENDUM,
            "Testshire",
            "how the council is run",
            "referendum",
            question="How would you like Testshire to be run?",
            candidates=[_stands("yes", "A leader", "A leader"), _stands("no", "An elected mayor", "An elected mayor")],
        ),
    },
}
"""Forms, by voting system."""
