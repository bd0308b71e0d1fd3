"""A synthetic night of any size, from a seed: a register, and what returning officers say about its contests."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tests.oracle.elections import DAY
from tests.oracle.recount import Json

PARTIES: Final = {
    "PP52": ("Conservatives", "Con"),
    "PP53": ("Labour", "Lab"),
    "PP90": ("Liberal Democrats", "LD"),
    "residents": ("Residents", "Res"),
}
"""Spoken name and abbreviation."""

REGIONS: Final = ("north", "south", "east", "west")

WARDS: Final = 30
"""Contests of one council."""

SENT_AGAIN: Final = 20
"""One message in so many is sent a second time: 5 %."""

STRAY: Final = 3.0
"""How far a message may stray from its turn, in revisions: some overtake earlier ones of their contest."""


@dataclass(frozen=True, slots=True)
class Night:
    """What is sent, and what of it is to be accepted."""

    election: str
    register: bytes
    declarations: tuple[bytes, ...]
    """Each once, in the order in which they are first sent."""
    sent: tuple[bytes, ...]
    """The same with repeats among them."""


def night(seed: int, contests: int, declarations: int, day: str = DAY) -> Night:
    """Return a night of so many contests and declarations; all contests elect one person by most votes."""
    chance = random.Random(seed)
    election = f"local.{day}"
    ballots = [f"local.synthetic.ward-{place}.{day}" for place in range(contests)]
    turns = [(1 + turn // contests, ballots[turn % contests]) for turn in range(declarations)]
    turns.sort(key=lambda turn: turn[0] + STRAY * chance.random())
    declared = [
        _event("declaration", f"{ballot}-{revision}", ballot, _said(ballot, revision, chance))
        for revision, ballot in turns
    ]
    sent = list(declared)
    for again in chance.sample(range(declarations), declarations // SENT_AGAIN):
        # Anywhere after its first time: a repeat is a repeat, whatever has happened meanwhile.
        sent.insert(chance.randint(sent.index(declared[again]) + 1, len(sent)), declared[again])
    register = _event("register", "register", election, _register(election, ballots, chance))
    return Night(election, register, tuple(declared), tuple(sent))


def marker(event: bytes) -> str:
    """Return text that a declaration shares with its ledger entry and its result, and with nothing else."""
    said = json.loads(event)["data"]
    return f'"ballot_id":"{said["ballot_id"]}","revision":{said["revision"]},'


def with_results(declarations: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the declarations that stand when they come in, in this order: none higher came before."""
    highest: dict[str, int] = {}
    for event in declarations:
        said = json.loads(event)["data"]
        if said["revision"] > highest.get(said["ballot_id"], 0):
            highest[said["ballot_id"]] = said["revision"]
            yield event


def _register(election: str, ballots: Sequence[str], chance: random.Random) -> Json:
    councils = [f"council-{place}" for place in range(-(-len(ballots) // WARDS))]
    return {
        "election": election,
        "name": "Synthetic election for the storms",
        "parties": {
            key: {"name": spoken, "spoken": spoken, "abbreviation": short} for key, (spoken, short) in PARTIES.items()
        },
        "regions": {slug: {"name": slug.title(), "kind": "official"} for slug in REGIONS},
        "contests": {ballot: _contest(place, councils[place // WARDS], chance) for place, ballot in enumerate(ballots)},
        "bodies": {
            council: {
                "name": council.title(),
                "seats": 1 + WARDS,
                "not_up": {"PP90": 1},
                "control_before": chance.choice((*PARTIES, "NOC", None)),
            }
            for council in councils
        },
    }


def _contest(place: int, council: str, chance: random.Random) -> Json:
    holder = chance.choice((None, *PARTIES))
    baseline = None if holder is None else {"seats": [{"party": holder}]}
    return {
        "name": f"Synthetic ward {place}",
        "office": "councillor",
        "voting_system": "first-past-the-post",
        "seats": 1,
        "candidates": {
            f"c-{key.lower()}": {"name": f"Synthetic {short}", "party": key} for key, (_, short) in PARTIES.items()
        },
        "regions": chance.sample(REGIONS, chance.randint(0, 2)),
        "electorate": chance.choice((None, 100_000)),
        "baseline": {"previous_election": baseline, "sitting": baseline},
        "past_winners": None,
        "body": council,
        "previous_votes": chance.choice((None, {"PP52": 900, "PP53": 800, "PP90": 200})),
    }


def _said(ballot: str, revision: int, chance: random.Random) -> Json:
    """Return a declaration; now and then a flash or a withdrawal, which the next revision puts right."""
    said: Json = {"ballot_id": ballot, "revision": revision}
    sort = chance.randrange(20)
    if sort == 0:
        return {**said, "kind": "withdrawn", "reason": "Synthetic error."}
    if sort == 1:
        return {**said, "kind": "flash", "elected": [f"c-{chance.choice(sorted(PARTIES)).lower()}"]}
    # No two are equal, so that nobody has to draw lots.
    counts = chance.sample(range(10_000), len(PARTIES))
    return {**said, "votes": {f"c-{key.lower()}": count for key, count in zip(PARTIES, counts, strict=True)}}


def _event(sort: str, event_id: str, subject: str, data: Json) -> bytes:
    event = {"specversion": "1.0", "id": event_id, "source": "/synthetic/storm", "subject": subject}
    return json.dumps({**event, "type": f"tallywire.{sort}.v1", "data": data}, separators=(",", ":")).encode()
