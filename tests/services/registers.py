"""A small synthetic election for the tests of the rules: invented places and people, real party ids."""

from typing import Final

from schemas.register import Baseline, Baselines, Candidate, Contest, Holder, Party, Region, Register

ELECTION: Final = "pcc.2030-05-02"
TESTSHIRE: Final = "pcc.testshire.2030-05-02"
SAMPLEFORD: Final = "pcc.sampleford.2030-05-02"
NEWTOWN: Final = "pcc.newtown.2030-05-02"

PARTIES: Final = {
    "PP52": Party(
        name="Conservative and Unionist Party",
        spoken="Conservatives",
        number="plural",
        abbreviation="Con",
        colour="#0087DC",
        ec_id="PP52",
    ),
    "PP53": Party(name="Labour Party", spoken="Labour", abbreviation="Lab", colour="#E4003B", ec_id="PP53"),
    "PP90": Party(
        name="Liberal Democrats",
        spoken="Liberal Democrats",
        number="plural",
        abbreviation="LD",
        colour="#FAA61A",
        ec_id="PP90",
    ),
    "joint-party:53-119": Party(
        name="Labour and Co-operative Party",
        spoken="Labour",
        abbreviation="Lab",
        ec_id="joint-party:53-119",
        counts_as="PP53",
    ),
    "ynmp-party:2": Party(name="Independent", spoken="Independent", abbreviation="Ind", ec_id="ynmp-party:2"),
}
"""The parties of the synthetic election; a joint description among them that counts as Labour."""

REGIONS: Final = {
    "uk": Region(name="United Kingdom", kind="country"),
    "england": Region(name="England", kind="country"),
    "north-testing": Region(name="North Testing", kind="official"),
    "media-testing": Region(name="Media Testing", kind="media"),
}
"""Its groupings."""

HELD_BY_CONSERVATIVES: Final = Baseline(seats=(Holder(party="PP52", name="Olive Synthetic"),))
NO_PREDECESSOR: Final = Baseline(seats=())


def synthetic_contest(**overrides: object) -> Contest:
    """Return Testshire: one seat, three candidates, an electorate of 100,000, Conservative under both baselines."""
    fields: dict[str, object] = {
        "name": "Testshire",
        "office": "police and crime commissioner",
        "voting_system": "first-past-the-post",
        "seats": 1,
        "candidates": {
            "ann-example": Candidate(name="Ann Example", party="PP52"),
            "bob-sample": Candidate(name="Bob Sample", party="PP53"),
            "cay-specimen": Candidate(name="Cay Specimen", party="PP90"),
        },
        "regions": ("england", "north-testing", "media-testing"),
        "electorate": 100_000,
        "baseline": Baselines(previous_election=HELD_BY_CONSERVATIVES, sitting=HELD_BY_CONSERVATIVES),
        "past_winners": None,
        "returning_officer": "Rita Synthetic",
    }
    return Contest.model_validate(fields | overrides)


def synthetic_register(**overrides: object) -> Register:
    """Return a register of three contests; ``overrides`` replace its fields (``test=True``, ``contests={...}``).

    Testshire was Conservative, Sampleford's baselines are unknown, Newtown is a new post without predecessor.
    """
    fields: dict[str, object] = {
        "election": ELECTION,
        "name": "Synthetic police and crime commissioners, 2 May 2030",
        "parties": PARTIES,
        "regions": REGIONS,
        "contests": {
            TESTSHIRE: synthetic_contest(),
            SAMPLEFORD: synthetic_contest(
                name="Sampleford",
                candidates={
                    "dan-trial": Candidate(name="Dan Trial", party="joint-party:53-119"),
                    "eve-pattern": Candidate(name="Eve Pattern", party="PP52"),
                    "flo-mock": Candidate(name="Flo Mock", party="ynmp-party:2"),
                },
                regions=("england", "media-testing"),
                electorate=None,
                baseline=Baselines(previous_election=None, sitting=None),
            ),
            NEWTOWN: synthetic_contest(
                name="Newtown",
                candidates={
                    "gus-draft": Candidate(name="Gus Draft", party="PP90"),
                    "hal-proof": Candidate(name="Hal Proof", party="PP53"),
                },
                regions=("england", "north-testing"),
                electorate=50_000,
                baseline=Baselines(previous_election=NO_PREDECESSOR, sitting=NO_PREDECESSOR),
                past_winners=(),
            ),
        },
        "sources": ("Synthetic: invented for the tests.",),
    }
    return Register.model_validate(fields | overrides)
