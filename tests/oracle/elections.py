"""Elections that nobody held: hypothesis draws registers with everything a results desk meets before the night."""

from functools import cache
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.oracle.recount import INDEPENDENT, Json

DAY: Final = "2030-05-02"
ELECTION: Final = f"local.{DAY}"
PARTIES: Final = ("PP52", "PP53", "PP90", "joint-party:53-119", "ynmp-party:2", "ynmp-party:12522", "PP51", "residents")
SPOKEN: Final = {
    "PP52": ("Conservatives", "Con", None),
    "PP53": ("Labour", "Lab", None),
    "PP90": ("Liberal Democrats", "LD", None),
    "joint-party:53-119": ("Labour", "Lab", "PP53"),
    "ynmp-party:2": ("Independent", "Ind", None),
    "ynmp-party:12522": ("Speaker", "Spk", None),
    "PP51": ("Conservatives", "Con", "PP52"),
    "residents": ("Residents", "Res", None),
}
"""Spoken name, abbreviation and what it counts as."""
COLOURS: Final = {"PP52": "#0087DC", "PP53": "#E4003B", "PP90": "#FAA61A"}
"""Of some parties nobody knows a colour."""
REGIONS: Final = ("coast", "hills", "media-testing")
NAMES: Final = ("Ann Example", "Bob Sample", "Cay Specimen", "Dan Trial", "Eve Pattern")
MARRIED: Final = tuple(f"{name}-Draft" for name in NAMES)
"""The same people under other names: what an amendment may make of them."""
HOLDERS: Final = (None, *NAMES[:3], *MARRIED[:2], None)
"""Who held a seat before: some of them stand again, some under another name, of some nobody knows the name."""

SITTING: Final = (None, None, False, False, True)
"""Whether a candidate sat on the eve of poll."""

small = st.integers(0, 9)
party = st.sampled_from((*PARTIES, INDEPENDENT, INDEPENDENT))
main_party = st.sampled_from([key for key in PARTIES if SPOKEN[key][2] is None])

electorate = st.sampled_from((None, 1_000, 1_237))
past_winners = st.none() | st.lists(party.map(lambda key: {"year": 2026, "party": key}), max_size=2)
previous_votes = st.none() | st.dictionaries(st.sampled_from(("PP52", "PP53", INDEPENDENT)), small, max_size=3)
expected_at = st.none() | st.builds(
    "2030-05-03T0{}:00:00{}".format, st.integers(0, 5), st.sampled_from(("+01:00", "Z", "-05:00"))
)
seats_by_party = st.dictionaries(main_party, st.integers(0, 3), max_size=2)
controller = st.sampled_from((None, "NOC", "PP52", "PP52", "PP53", "joint-party:53-119"))


ward_name = st.sampled_from(("Ward 1", "Ward 2", "Ward 3", "Ward 4", "Ward 5", "Ward 6", "Council-1"))
"""Few names, so that several are called the same, one of them as a council."""


@cache
def below(limit: int) -> st.SearchStrategy[int]:
    """Return the strategy for 0 to below ``limit``; made once, because making one costs more than drawing from it."""
    return st.integers(0, limit - 1)


def rarely(draw: DrawFn, one_in: int) -> bool:
    """Draw true about once in ``one_in`` times; hypothesis shrinks it to false."""
    return draw(below(one_in)) == one_in - 1


@st.composite
def registers(draw: DrawFn) -> Json:
    """Draw a register of one to five contests and up to two councils."""
    bodies = [f"council-{place}" for place in range(draw(below(3)))]
    contests = {
        # Every third one is a by-election.
        f"local.testing.ward-{place}.{'by.' if place % 3 == 1 else ''}{DAY}": draw(contest(draw(ward_name), bodies))
        for place in range(1 + draw(below(5)))
    }
    return {
        "election": ELECTION,
        "name": "Synthetic elections for the oracle",
        "test": rarely(draw, 8),
        "headline_baseline": draw(st.sampled_from(("previous_election", "sitting"))),
        "parties": {key: _party(key) for key in PARTIES},
        "regions": {slug: {"name": slug.title(), "kind": "official"} for slug in REGIONS},
        "contests": contests,
        "bodies": {slug: draw(body(slug, contests)) for slug in bodies},
    }


@st.composite
def contest(draw: DrawFn, name: str, bodies: list[str]) -> Json:
    """Draw a contest: one to three seats, or one by supplementary vote; baselines known, unknown, none or notional."""
    supplementary = rarely(draw, 3)
    seats = 1 if supplementary else 1 + draw(below(3))
    standing = [draw(party) for _ in range(1 + draw(below(5)))]
    regions = draw(below(8))
    held, past = draw(baseline(seats)), draw(past_winners)
    if past is not None and held is not None and draw(below(2)):
        # Half of the lists know who won last time; the others contradict the baseline more often than not.
        past = [*past, *({"year": 2029, "party": holder["party"]} for holder in held["seats"])]
    return {
        "name": name,
        "office": "synthetic office",
        "voting_system": "supplementary-vote" if supplementary else "first-past-the-post",
        "seats": seats,
        "candidates": {
            f"c{place}": {"name": NAMES[place], "party": key, "sitting": SITTING[draw(below(len(SITTING)))]}
            for place, key in enumerate(standing)
        },
        "regions": [slug for bit, slug in enumerate(REGIONS) if regions >> bit & 1],
        "electorate": draw(electorate),
        "baseline": {"previous_election": held, "sitting": draw(baseline(seats))},
        "past_winners": past,
        "body": bodies[draw(below(len(bodies)))] if bodies and not supplementary else None,
        "areas": ["East", "West"] if rarely(draw, 4) else [],
        "previous_votes": draw(previous_votes),
        "expected_at": draw(expected_at),
    }


@st.composite
def baseline(draw: DrawFn, seats: int) -> Json | None:
    """Draw who held the seats: nobody knows, nobody did, or one holder each."""
    sort = draw(small)
    if sort == 9:  # one in ten
        return None
    if sort == 8:  # one in ten
        return {"seats": []}
    first = draw(small)
    holders = [{"party": draw(party), "name": HOLDERS[(first + seat) % len(HOLDERS)]} for seat in range(seats)]
    return {"seats": holders, "notional": rarely(draw, 6)}


@st.composite
def body(draw: DrawFn, slug: str, contests: dict[str, Json]) -> Json:
    """Draw a council: what is not up, what is vacant, who had control."""
    up = sum(contest["seats"] for contest in contests.values() if contest["body"] == slug)
    not_up = draw(seats_by_party)
    vacant, undescribed = int(rarely(draw, 4)), int(rarely(draw, 6))
    seats = up + sum(not_up.values()) + vacant + undescribed
    if not seats:
        seats = vacant = 1
    return {
        "name": slug.title(),
        "kind": "parliament" if rarely(draw, 6) else "council",
        "seats": seats,
        "not_up": not_up,
        "vacant": vacant,
        "before": draw(seats_by_party),
        "control_before": draw(controller),
        "landmarks": [2] if rarely(draw, 3) else [],
    }


def _party(key: str) -> Json:
    spoken, abbreviation, counts_as = SPOKEN[key]
    number = "plural" if spoken.endswith("s") else "singular"
    named = {"name": f"{spoken} ({key})", "spoken": spoken, "abbreviation": abbreviation, "number": number}
    if key in COLOURS:
        named["colour"] = COLOURS[key]
    return named if counts_as is None else {**named, "counts_as": counts_as}
