"""The county councils of 2021: every published label, from any order of declarations, certain when the BBC said so."""

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.oracle.counties import COUNTIES, ELECTION, PARTIES, declaration, divisions, register
from tests.oracle.playing import aggregate, ingest, notify
from tests.oracle.recount import Json

Ballots = list[tuple[str, str | None]]

PUBLISHED = Path(os.environ.get("TALLYWIRE_PUBLISHED_DATA", Path(__file__).parents[3] / "shared" / "data"))
IN_OUR_WORDS = {
    "CON hold": "Con hold",
    "CON gain from NOC": "Con gain from NOC",
    "NOC gain from CON": "Con lose to NOC",
    "NOC hold": "NOC no change",
}


def _conservatives_first(ballots: Ballots) -> Ballots:
    return sorted(ballots, key=lambda row: row[1] != "Con")


def _conservatives_last(ballots: Ballots) -> Ballots:
    return sorted(ballots, key=lambda row: row[1] == "Con")


def _shuffled(seed: int) -> Callable[[Ballots], Ballots]:
    def order(ballots: Ballots) -> Ballots:
        return Random(seed).sample(ballots, len(ballots))

    return order


ORDERS = {
    "Conservatives first": _conservatives_first,
    "Conservatives last": _conservatives_last,
    "shuffled": _shuffled(1),
    "shuffled otherwise": _shuffled(2),
}


def _states(name: str, ballots: Ballots) -> tuple[list[Json], list[Json]]:
    """Play a county; return the state of control after each declaration, and the headlines about control."""
    taken, counted, said = ingest(ELECTION), aggregate(ELECTION), notify(ELECTION)
    taken.take([_message("register", register(name), ELECTION, "register")])
    for ballot, winner in ballots:
        taken.take([_message("declaration", declaration(ballot, winner), ballot, ballot)])
    assert len(taken.written["ledger"]) == len(ballots) + 1, taken.written["receipts"][-1]
    states, latest = [], {}
    for entry in taken.written["ledger"]:
        for stream, raw in counted.take([entry]):
            event = json.loads(raw)
            if stream == "results" and event["type"] == "tallywire.control.v1":
                latest = event["data"]
        states.append(latest)
    said.take(counted.written["results"])
    headlines = [json.loads(raw)["data"] for raw in said.written.get("headlines", [])]
    return states[1:], [headline for headline in headlines if headline["body"] is not None]


def _message(sort: str, data: Json, subject: str, event_id: str) -> bytes:
    event = {"specversion": "1.0", "id": event_id, "source": "/synthetic", "type": f"tallywire.{sort}.v1"}
    return json.dumps({**event, "subject": subject, "data": data}).encode()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", COUNTIES)
def test_a_county_ends_with_its_published_label(name: str, order: str) -> None:
    """Whatever the order of declarations, a county ends with the seats, the changes and the label published.

    Control is certain at the very declaration that makes it so: the seat that makes a majority, or the last that
    could have made one.
    """
    county, con = COUNTIES[name], PARTIES["Con"][0]
    states, headlines = _states(name, ORDERS[order](list(divisions(name).items())))
    last = states[-1]
    assert (last["label"], last["final"], last["majority"]) == (county.label, True, county.majority)
    assert last["composition"] == county.after()
    assert last["changes"] == county.changes()
    assert last["vacant"] == county.seats - sum(county.after().values())
    for state in states:
        has, to_come = state["composition"].get(con, 0), state["undeclared"]
        nobody = all(state["composition"].get(party, 0) + to_come < county.majority for party, _ in PARTIES.values())
        assert state["now"] == (con if has >= county.majority else "NOC" if nobody else None)
        assert state["holder_lost"] == (county.before == "Con" and has + to_come < county.majority)
    clinched = [headline for headline in headlines if headline["kind"] == "clinched"]
    won_early = [state for state in states if state["now"] == con and not state["final"]]
    assert len(clinched) == bool(won_early)


@pytest.mark.parametrize(("name", "needed"), [("Derbyshire", 33), ("Nottinghamshire", 34), ("Leicestershire", 28)])
@pytest.mark.parametrize("order", ORDERS)
def test_control_is_clinched_with_divisions_to_come(name: str, needed: int, order: str) -> None:
    """Derbyshire is clinched at 33 seats, Nottinghamshire at 34, Leicestershire at 28, and never below (BBC, 2021)."""
    states, _ = _states(name, ORDERS[order](list(divisions(name).items())))
    first = next(state for state in states if state["now"] is not None)
    assert (first["now"], first["composition"]["PP52"]) == ("PP52", needed)
    assert first["undeclared"] > 0
    assert first["label"] == COUNTIES[name].label


@pytest.mark.parametrize("order", ORDERS)
def test_cambridgeshire_is_lost_before_its_last_division(order: str) -> None:
    """Conservatives lose Cambridgeshire as soon as 31 of 61 are out of reach; it is said once."""
    states, headlines = _states("Cambridgeshire", ORDERS[order](list(divisions("Cambridgeshire").items())))
    first = next(state for state in states if state["holder_lost"])
    assert first["composition"].get("PP52", 0) + first["undeclared"] == 30
    (lost,) = [headline["text"] for headline in headlines if headline["kind"] == "control_lost"]
    assert lost.startswith("Conservatives lose ")
    assert (lost == "Conservatives lose Cambridgeshire to no overall control") == (first["now"] == "NOC")


@pytest.mark.parametrize("order", ORDERS)
def test_norfolk_ends_with_83_of_84_divisions(order: str) -> None:
    """A postponed division leaves Norfolk's majority at 43, keeps its seat vacant, and does not hold up the end."""
    states, _ = _states("Norfolk", ORDERS[order](list(divisions("Norfolk").items())))
    last = states[-1]
    assert (last["majority"], sum(last["composition"].values()), last["vacant"]) == (43, 83, 1)
    assert (last["undeclared"], last["final"]) == (0, True)


def test_the_facts_are_the_published_ones() -> None:
    """The table in this folder is the published one, figure by figure and label by label."""
    table = PUBLISHED / "county_control_2021.csv"
    if not table.exists():
        pytest.skip("the published figures lie outside the checkout: set TALLYWIRE_PUBLISHED_DATA to their folder")
    names = {"Conservative": "Con", "Labour": "Lab", "Liberal Democrat": "LD", "Green": "Grn", "Independent": "Ind"}
    published: dict[str, dict[str, tuple[int, int]]] = {name: {} for name in COUNTIES}
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            county = COUNTIES[row["council"]]
            short = names.get(row["party_name"], row["party_name"])
            published[row["council"]][short] = (int(row["seats_before"]), int(row["seats_after"]))
            assert (int(row["total_seats"]), IN_OUR_WORDS[row["published_label"]]) == (county.seats, county.label)
            assert row["control_before"].upper() == county.before.upper()
    assert published == {name: county.parties for name, county in COUNTIES.items()}
