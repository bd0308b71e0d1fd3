"""Synthetic election nights of any size, from a seed: a register, and what count centres say about its contests."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from tests.oracle.elections import ELECTION

Json = dict[str, Any]

PARTIES: Final[dict[str, Json]] = {
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
    "residents": {"name": "Synthetic Residents", "spoken": "Residents", "abbreviation": "Res"},
    "ynmp-party:2": {"name": "Independent", "spoken": "Independent", "abbreviation": "Ind"},
}

REGIONS: Final[dict[str, Json]] = {
    "england": {"name": "England", "kind": "country"},
    "north-testing": {"name": "North Testing", "kind": "official"},
    "media-testing": {"name": "Media Testing", "kind": "media"},
    "nowhere": {"name": "A region without a contest", "kind": "media"},
}

WARDS: Final = 30
"""Contests of one council."""

SENT_AGAIN: Final = 20
"""One message in so many is sent a second time: 5 %."""

STRAY: Final = 3.0
"""How far a message may stray from its turn, in revisions: some overtake earlier ones of their contest."""


@dataclass(frozen=True)
class Night:
    """What is sent, and what of it is to be accepted."""

    election: str
    register: bytes
    declarations: tuple[bytes, ...]
    """Each once, in the order in which they are first sent."""
    sent: tuple[bytes, ...]
    """The same with repeats among them."""

    @cached_property
    def contests(self) -> dict[str, Json]:
        """The register's contests, by ballot id."""
        return dict(json.loads(self.register)["data"]["contests"])


def night(seed: int, contests: int, declarations: int, election: str = ELECTION) -> Night:
    """Return a night of so many contests and declarations; each contest elects one person by most votes.

    A contest's revisions run from 1 up; which declaration comes when is drawn. One in twenty is sent twice.
    """
    chance = random.Random(seed)
    kind, day = election.split(".")
    drawn = {f"{kind}.synthetic.place-{place}.{day}": _contest(place, chance) for place in range(contests)}
    ballots = list(drawn)
    turns = [(1 + turn // contests, ballots[turn % contests]) for turn in range(declarations)]
    turns.sort(key=lambda turn: turn[0] + STRAY * chance.random())
    declared = [declaration(ballot, drawn[ballot], revision, chance) for revision, ballot in turns]
    sent = list(declared)
    for again in chance.sample(range(declarations), declarations // SENT_AGAIN):
        # Anywhere after its first time: a repeat is a repeat, whatever has happened meanwhile.
        sent.insert(chance.randint(sent.index(declared[again]) + 1, len(sent)), declared[again])
    register = event("register", "register", election, _register(election, drawn, chance))
    return Night(election, register, tuple(declared), tuple(sent))


def declaration(ballot: str, contest: Json, revision: int, chance: random.Random) -> bytes:
    """Return a declaration of a contest, drawn: mostly votes; now and then a flash, a withdrawal, or a lot."""
    candidates = list(contest["candidates"])
    said: Json = {"ballot_id": ballot, "revision": revision}
    sort = chance.randrange(20)
    if sort == 0:
        said |= {"kind": "withdrawn", "reason": "Synthetic error."}
    elif sort == 1:
        said |= {"kind": "flash", "elected": [chance.choice(candidates)]}
    else:
        said["votes"] = votes = dict(zip(candidates, chance.sample(range(1, 10_000), len(candidates)), strict=True))
        if sort == 2 and len(candidates) > 1:
            first, second = sorted(candidates, key=lambda candidate: votes[candidate])[-2:]
            votes[first] = votes[second]
            said["lot"] = [chance.choice((first, second))]
        if chance.random() < 0.5:
            said |= {"rejected": 1_000, "papers": sum(votes.values()) + 1_000}
    return event("declaration", f"{ballot}-{revision}", ballot, said)


def event(sort: str, event_id: str, subject: str, data: Json) -> bytes:
    """Return an event of a count centre or a results desk: a declaration, a register or an amendment."""
    envelope = {"specversion": "1.0", "id": event_id, "source": "/synthetic/count-centre", "subject": subject}
    return json.dumps({**envelope, "type": f"tallywire.{sort}.v1", "data": data}, separators=(",", ":")).encode()


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


def _register(election: str, contests: dict[str, Json], chance: random.Random) -> Json:
    councils = sorted({contest["body"] for contest in contests.values()})
    return {
        "election": election,
        "name": f"Synthetic election {election}",
        "headline_baseline": chance.choice(("previous_election", "sitting")),
        "parties": PARTIES,
        "regions": REGIONS,
        "contests": contests,
        "bodies": {
            council: {
                "name": council.title(),
                "seats": 1 + WARDS,
                "not_up": {"PP90": 1},
                "control_before": chance.choice(("PP52", "PP53", "residents", "NOC", None)),
            }
            for council in councils
        },
    }


def _contest(place: int, chance: random.Random) -> Json:
    standing = chance.sample([*PARTIES, "ynmp-party:2"], chance.randint(1 if place == 0 else 2, 6))
    return {
        "name": f"Place {place}",
        "office": "councillor",
        "voting_system": "first-past-the-post",
        "seats": 1,
        "candidates": {
            f"candidate-{place}-{number}": {"name": f"Candidate {place} {number}", "party": party}
            for number, party in enumerate(standing)
        },
        "regions": chance.sample(sorted(REGIONS.keys() - {"nowhere"}), chance.randint(0, 3)),
        "electorate": chance.choice((None, 100_000)),
        "baseline": {"previous_election": _baseline(chance), "sitting": _baseline(chance)},
        "past_winners": chance.choice((None, [], [{"year": 2024, "party": chance.choice(standing)}])),
        "body": f"council-{place // WARDS}",
        "previous_votes": chance.choice((None, {"PP52": 900, "PP53": 800, "PP90": 200})),
    }


def _baseline(chance: random.Random) -> Json | None:
    holder = {"party": chance.choice(list(PARTIES)), "name": chance.choice((None, "Olive Synthetic"))}
    known = {"seats": [holder], "notional": chance.random() < 0.2}
    return chance.choice((None, {"seats": []}, known, known, known))
