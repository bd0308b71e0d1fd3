"""What is odd on larger nights than hypothesis draws: services and recount find the same."""

import json
from collections import Counter
from random import Random
from typing import Final

from schemas.events import DeclarationEvent
from schemas.reading import read_ledger_event
from schemas.register import Register
from services.rules.verdicts import ELECTED_NOT_MOST_VOTES, ODD
from tests.oracle import playing
from tests.oracle.odd import odd_notes
from tests.oracle.recount import Json
from tests.services.events import ACCEPTED
from tests.services.ingest.odd_declarations import loaded, odd_of, take

DAY: Final = "2030-05-02"
PARTIES: Final = ("PP52", "PP53", "PP90", "ynmp-party:2")
REGIONS: Final = ("north", "south", "islands")
CONTESTS: Final = 60


def _register(chance: Random, sort: str) -> Json:
    contests: Json = {}
    for number in range(CONTESTS):
        by_election = ".by" if number % 12 == 11 else ""
        standing = PARTIES[: 2 + number % 3]
        contests[f"{sort}.contest-{number}{by_election}.{DAY}"] = {
            "name": f"Contest {number}",
            "office": "member" if number % 7 else "mayor",
            "voting_system": "first-past-the-post",
            "seats": 2 if number % 10 == 9 else 1,
            "candidates": {
                f"c{place}": {"name": f"Person {place}", "party": party} for place, party in enumerate(standing)
            },
            "regions": chance.sample(REGIONS, chance.choice((0, 1, 1, 2))),
            "electorate": None if number % 5 == 4 else chance.randrange(2_000, 9_000),
            "baseline": {"previous_election": None, "sitting": None},
            "past_winners": None,
            "previous_votes": None if number % 9 == 8 else {party: chance.randrange(200, 1_000) for party in standing},
        }
    party = {"number": "singular"}
    return {
        "election": f"{sort}.{DAY}",
        "name": "Synthetic",
        "parties": {key: party | {"name": key, "spoken": key, "abbreviation": key} for key in PARTIES},
        "regions": {slug: {"name": slug.title(), "kind": "official"} for slug in REGIONS},
        "contests": contests,
        "holds": {
            "neighbours_min": chance.choice((3, 5, 10)),
            "spreads": chance.choice((1, 2, 3)),
            "few_votes": chance.choice((0, 1_500, 5_000)),
        },
    }


def _declarations(register: Json, chance: Random) -> list[Json]:
    """Return each contest's declaration, some of them odd, and corrections of some."""
    said = []
    for ballot, contest in register["contests"].items():
        revisions = 1 + (chance.random() < 0.3) + (chance.random() < 0.1)
        for revision in range(1, revisions + 1):
            data: Json = {"ballot_id": ballot, "revision": revision}
            if revision > 1 and chance.random() < 0.3:
                said.append(data | {"kind": "withdrawn", "reason": "Synthetic"})
                continue
            size = chance.choice((1, 1, 1, 1, 1, 1, 1, 0.5, 0.02, 9))
            votes = [max(1, int(size * chance.randrange(90, 250))) for _ in contest["candidates"]]
            data["votes"] = {
                name: 4 * count + place
                for place, (name, count) in enumerate(zip(contest["candidates"], votes, strict=True))
            }
            if chance.random() < 0.2:
                data["papers"] = sum(data["votes"].values()) + chance.choice((0, 3, 40, 400))
            said.append(data)
    chance.shuffle(said)
    return said


def _event(kind: str, subject: str, data: Json, sequence: int) -> bytes:
    event = {
        "specversion": "1.0",
        "id": f"{kind}-{sequence}",
        "source": "/synthetic",
        "type": f"tallywire.{kind}.v1",
        "subject": subject,
        "data": data,
        "acceptedtime": ACCEPTED,
        "sequence": sequence,
    }
    return json.dumps(event).encode()


def test_what_is_noted_and_held_is_what_is_recounted() -> None:
    """Promise: notes and holds are those of a naive count in which nothing is kept in order; and all kinds are met.

    Nobody is declared elected against the votes there: without a second person that is refused.
    """
    seen = Counter[str]()
    for seed in range(12):
        seen.update(_compared(seed))
    assert seen.keys() == ODD - {ELECTED_NOT_MOST_VOTES}


def _compared(seed: int) -> Counter[str]:
    """Play a night, compare after every declaration, and return what was odd."""
    chance = Random(seed)
    register = _register(chance, ("parl", "local")[seed % 2])
    election = register["election"]
    said = _declarations(register, chance)
    ledger = [_event("register", election, register, 1)]
    ledger += [_event("declaration", data["ballot_id"], data, number) for number, data in enumerate(said, start=2)]
    stage, intake = playing.aggregate(election), loaded(Register.model_validate(register))
    stage.take(ledger[:1])
    found: Counter[str] = Counter()
    heard = [json.loads(ledger[0])]
    highest: dict[str, int] = {}
    for raw in ledger[1:]:
        event = read_ledger_event(raw)
        assert isinstance(event, DeclarationEvent)
        ballot, stands = event.data.ballot_id, event.data.revision > highest.get(event.data.ballot_id, 0)
        expected = sorted(odd_notes(heard, json.loads(raw)["data"])) if stands else []
        results = [json.loads(out)["data"] for stream, out in stage.take([raw]) if stream == "results"]
        noted = [(note["code"], note["difference"]) for result in results for note in result["notes"]]
        assert sorted(note for note in noted if note[0] in ODD) == expected, (seed, ballot)
        held = [reason.code for reason in odd_of(intake, event)]
        assert sorted(code for code in held if code in ODD) == [code for code, _ in expected], (seed, ballot)
        found.update(code for code, _ in expected)
        take(intake, event)
        heard.append(json.loads(raw))
        highest[ballot] = max(highest.get(ballot, 0), event.data.revision)
    return found
