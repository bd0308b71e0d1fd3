"""Seat flow in wards with several seats, against every assignment of the elected to the seats before."""

import json
from collections import Counter
from itertools import combinations_with_replacement
from typing import Final

import pytest

from tests.oracle.elections import DAY, ELECTION, SPOKEN
from tests.oracle.flows import NOBODY, assignments
from tests.oracle.playing import aggregate
from tests.oracle.recount import Json

PARTIES: Final = ("PP52", "PP53", "PP90", "residents")


@pytest.mark.parametrize("seats", [1, 2, 3])
def test_what_is_certain_is_what_every_assignment_agrees_on(seats: int) -> None:
    """What changed hands is certain exactly when all assignments agree on it, and then it is what is published.

    Tried for every ward of one to three seats and four parties.
    """
    sets = list(combinations_with_replacement(PARTIES, seats))
    for (before, after), flow in _flows([(before, after) for before in sets for after in sets]).items():
        possible = assignments(before, after)
        assert flow["ambiguous"] == (len(possible) > 1), (before, after)
        for assignment in possible:
            taken = Counter(dict(assignment))
            assert flow["gained"] == _sums(taken, 0), (before, after)
            assert flow["lost"] == _sums(taken, 1), (before, after)
        assert Counter(flow["held"]) + Counter(flow["gained"]) == Counter(after)
        assert Counter(flow["held"]) + Counter(flow["lost"]) == Counter(before)
        if len(possible) == 1:
            (takings,) = possible
            losers = {loser for (_, loser), _ in takings}
            assert flow["previous_party"] == (losers.pop() if len(losers) == 1 else None)


@pytest.mark.parametrize("seats", [2, 3])
def test_a_seat_that_nobody_takes_is_lost_to_nobody(seats: int) -> None:
    """Where fewer stand than there are seats, what is left over is lost without being gained.

    And nobody claims to know whose seat was taken unless every assignment agrees.
    """
    before_sets = list(combinations_with_replacement(PARTIES, seats))
    after_sets = [few for size in range(1, seats) for few in combinations_with_replacement(PARTIES, size)]
    for (before, after), flow in _flows([(one, few) for one in before_sets for few in after_sets]).items():
        taken = {
            tuple((pair, count) for pair, count in takings if NOBODY not in pair)
            for takings in assignments(before, after)
        }
        gained = Counter(after) - Counter(before)
        assert flow["ambiguous"] == (bool(gained) and len(taken) > 1), (before, after)
        assert Counter(flow["gained"]) == gained
        assert Counter(flow["lost"]) == Counter(before) - Counter(after)


def _sums(taken: Counter[tuple[str, str]], place: int) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for pair, count in taken.items():
        sums[pair[place]] += count
    return dict(sums)


Ward = tuple[tuple[str, ...], tuple[str, ...]]


def _flows(wards: list[Ward]) -> dict[Ward, Json]:
    """Return what is published of each ward: who held it before, and who is elected in it without a poll."""
    contests = {f"local.testing.ward-{number}.{DAY}": _contest(*ward) for number, ward in enumerate(wards)}
    register = {
        "election": ELECTION,
        "name": "Synthetic wards",
        "parties": {key: {"name": key, "spoken": SPOKEN[key][0], "abbreviation": SPOKEN[key][1]} for key in PARTIES},
        "regions": {},
        "contests": contests,
    }
    stage = aggregate()
    stage.take([_ledger("register", register, ELECTION, 1)])
    flows = {}
    for number, (ballot, contest) in enumerate(contests.items()):
        said = {"ballot_id": ballot, "revision": 1, "kind": "uncontested", "elected": list(contest["candidates"])}
        results = [
            json.loads(raw)["data"]
            for stream, raw in stage.take([_ledger("declaration", said, ballot, number + 2)])
            if stream == "results"
        ]
        assert results, f"nothing was published of {wards[number]}"
        flows[wards[number]] = results[0]["outcomes"]["previous_election"]
    return flows


def _contest(before: tuple[str, ...], after: tuple[str, ...]) -> Json:
    held = {"seats": [{"party": party} for party in before]}
    return {
        "name": "Synthetic Ward",
        "office": "synthetic councillor",
        "voting_system": "first-past-the-post",
        "seats": len(before),
        "candidates": {f"c{place}": {"name": f"Candidate {place}", "party": key} for place, key in enumerate(after)},
        "regions": [],
        "electorate": None,
        "baseline": {"previous_election": held, "sitting": held},
        "past_winners": None,
    }


def _ledger(sort: str, data: Json, subject: str, sequence: int) -> bytes:
    envelope = {"specversion": "1.0", "id": f"{subject}-{sequence}", "source": "/synthetic", "subject": subject}
    ours = {"type": f"tallywire.{sort}.v1", "acceptedtime": "2030-05-03T00:00:00.000Z", "sequence": sequence}
    return json.dumps({**envelope, **ours, "data": data}).encode()
