"""Synthetic election nights, drawn from a seed: a register of invented places, and what their count centres declare."""

import json
import random
from typing import Any, Final

Facts = dict[str, Any]

CONTESTS: Final = 30

PARTIES: Final[dict[str, Facts]] = {
    "PP52": {"name": "Conservative and Unionist Party", "spoken": "Conservatives", "abbreviation": "Con"},
    "PP51": {"name": "NI Conservatives", "spoken": "Conservatives", "abbreviation": "Con", "counts_as": "PP52"},
    "PP53": {"name": "Labour Party", "spoken": "Labour", "abbreviation": "Lab"},
    "joint-party:53-119": {
        "name": "Labour and Co-operative Party",
        "spoken": "Labour",
        "abbreviation": "Lab",
        "counts_as": "PP53",
    },
    "PP90": {"name": "Liberal Democrats", "spoken": "Liberal Democrats", "abbreviation": "LD"},
    "PP77": {"name": "Plaid Cymru", "spoken": "Plaid Cymru", "abbreviation": "PC"},
    "residents": {"name": "Synthetic Residents", "spoken": "Residents", "abbreviation": "Res"},
    "ynmp-party:2": {"name": "Independent", "spoken": "Independent", "abbreviation": "Ind"},
}

REGIONS: Final[dict[str, Facts]] = {
    "england": {"name": "England", "kind": "country"},
    "wales": {"name": "Wales", "kind": "country"},
    "north-testing": {"name": "North Testing", "kind": "official"},
    "media-testing": {"name": "Media Testing", "kind": "media"},
    "nowhere": {"name": "A region without a contest", "kind": "media"},
}


def synthetic_register(election: str, seed: int) -> Facts:
    """Return a register of 30 contests: known, unknown and notional baselines, new posts, independents."""
    draw = random.Random(f"register {seed}")
    kind, day = election.split(".")
    contests = {f"{kind}.place-{number}.{day}": _contest(draw, number) for number in range(CONTESTS)}
    return {
        "election": election,
        "name": f"Synthetic election {election}",
        "headline_baseline": draw.choice(("previous_election", "sitting")),
        "parties": PARTIES,
        "regions": REGIONS,
        "contests": contests,
        "sources": ["Synthetic: invented for the tests."],
    }


def _contest(draw: random.Random, number: int) -> Facts:
    parties = [*PARTIES, "ynmp-party:2"]
    standing = draw.sample(parties, draw.randint(1 if number == 0 else 2, 6))
    return {
        "name": f"Place {number}",
        "office": "police and crime commissioner",
        "voting_system": "first-past-the-post",
        "seats": 1,
        "candidates": {
            f"candidate-{number}-{place}": {"name": f"Candidate {number} {place}", "party": party}
            for place, party in enumerate(standing)
        },
        "regions": draw.sample(sorted(REGIONS.keys() - {"nowhere"}), draw.randint(0, 3)),
        "electorate": draw.choice((None, draw.randint(500_000, 900_000))),
        "baseline": {"previous_election": _baseline(draw), "sitting": _baseline(draw)},
        "past_winners": draw.choice((None, [], [{"year": 2024, "party": draw.choice(parties)}])),
    }


def _baseline(draw: random.Random) -> Facts | None:
    holder = {"party": draw.choice(list(PARTIES)), "name": draw.choice((None, "Olive Synthetic"))}
    known = {"seats": [holder], "notional": draw.random() < 0.2}
    return draw.choice((None, {"seats": []}, known, known, known))


def synthetic_declarations(register: Facts, seed: int, revisions: int) -> list[bytes]:
    """Return ``revisions`` declarations of every contest, all first ones first, all second ones after them."""
    draw = random.Random(f"declarations {seed}")
    return [
        declaration(register, ballot, revision, draw)
        for revision in range(1, revisions + 1)
        for ballot in register["contests"]
    ]


def declaration(register: Facts, ballot: str, revision: int, draw: random.Random) -> bytes:
    """Return a declaration of a contest with votes that are drawn; equal votes at the top come with a lot."""
    candidates = list(register["contests"][ballot]["candidates"])
    votes = {candidate: draw.randint(0, 80_000) for candidate in candidates}
    if draw.random() < 0.1:
        votes |= dict.fromkeys(candidates[:2], 80_000)
    most = [candidate for candidate in candidates if votes[candidate] == max(votes.values())]
    data: Facts = {"ballot_id": ballot, "revision": revision, "votes": votes}
    if len(most) > 1:
        data["lot"] = [draw.choice(most)]
    if draw.random() < 0.5:
        data |= {"rejected": 1_000, "papers": sum(votes.values()) + 1_000}
    return as_event(ballot, f"{ballot}-{revision}", data)


def as_event(ballot: str, event_id: str, data: Facts, **attributes: object) -> bytes:
    """Return an event of a count centre as JSON."""
    envelope = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/synthetic/count-centre",
        "type": "tallywire.declaration.v1",
        "subject": ballot,
        **attributes,
        "data": data,
    }
    return json.dumps(envelope).encode()


def repeated(declarations: list[bytes], seed: int, times_max: int = 5) -> list[bytes]:
    """Return each declaration one to ``times_max`` times, in any order."""
    draw = random.Random(f"order {seed}")
    sent = [raw for raw in declarations for _ in range(draw.randint(1, times_max))]
    draw.shuffle(sent)
    return sent


def nearly_in_order(declarations: list[bytes], seed: int, reach: int = 400) -> list[bytes]:
    """Return the declarations as count centres send them: some late, one in ten twice."""
    draw = random.Random(f"order {seed}")
    places = [
        (place + draw.uniform(0, reach), raw)
        for place, raw in enumerate(declarations)
        for _ in range(2 if draw.random() < 0.1 else 1)
    ]
    return [raw for _, raw in sorted(places)]
