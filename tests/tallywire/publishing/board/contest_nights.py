"""Nights for the tests of contest pages: signed, counted in areas, decided by lot."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from schemas.register import Baselines, Body, Candidate
from tallywire.publishing.history import STREAMS, History
from tests.oracle.playing import aggregate, notify
from tests.services.ingest.signed_election import (
    DESK,
    OFFICER,
    SECOND,
    SignedElection,
    confirmation,
    declared,
)
from tests.services.registers import synthetic_contest, synthetic_register
from tests.tallywire.publishing.histories import Played, event

COUNTED: Final = "local.counted.centrally.2030-05-02"
DRAWN: Final = "local.counted.drawn.2030-05-02"
COUNTED_ELECTION: Final = "local.2030-05-02"
AREAS: Final = ("Uplands", "Llanfair & <Mid>", "Vale")


def of_ledger(election: str, ledger: Sequence[bytes]) -> History:
    """Return the history of a ledger, each entry a group of its own where it says so."""
    history = History(election)
    stages = aggregate(election), notify(election)
    for entry in ledger:
        history.read_ledger(entry)
        said = stages[0].take([entry])
        said += stages[1].take([content for stream, content in said if stream == "results"])
        for stream, content in said:
            if stream in STREAMS:
                history.read_event(stream, content)
        history.advance(len(history.ledger), len(history.events["results"]))
    assert history.settled
    return history


@cache
def signed_night() -> tuple[History, int]:
    """Return a signed night, and the place at which its contest is under review.

    The returning officer declares; a correction that would change the winner is held and rejected by the desk; another
    one is confirmed by a second person.
    """
    night = SignedElection()
    turned = {"votes": {"ann-example": 30_000, "bob-sample": 20_000, "cay-specimen": 5_000}, "elected": ["ann-example"]}
    assert night.post(OFFICER, declared()).status == "accepted"
    assert night.post(OFFICER, declared("declared-2", revision=2, **turned)).status == "held"
    reviewed = len(night.ledger)
    night.post(DESK, confirmation("c-1", reviewed, "reject", "The first paper was read again."))
    assert night.post(OFFICER, declared("declared-3", revision=3, **turned)).status == "held"
    night.post(SECOND, confirmation("c-2", len(night.ledger), "confirm"))
    history = of_ledger("pcc.2030-05-02", night.ledger)
    place = next(n for n, each in enumerate(history.moments) if each.cursor.ledger == reviewed)
    return history, place


@cache
def counted_night() -> History:
    """Return a night with a contest that is counted in three areas, two of them so far, and one decided by lot."""
    stand = {name: Candidate(name=name.title(), party=party) for name, party in (("ann", "PP52"), ("bob", "PP53"))}
    nothing = {"candidates": stand, "body": "counted", "baseline": Baselines(previous_election=None, sitting=None)}
    contests = {
        COUNTED: synthetic_contest(name="Centrally", areas=AREAS, **nothing),
        DRAWN: synthetic_contest(name="Drawn", **nothing, previous_votes={"PP52": 900, "PP53": 600}),
    }
    register = synthetic_register(
        election=COUNTED_ELECTION, name="Counted", contests=contests, bodies={"counted": Body(name="Counted", seats=2)}
    )
    night = Played(COUNTED_ELECTION, event("register", COUNTED_ELECTION, register.model_dump(mode="json"), "register"))
    areas = [{"area": name, "votes": {"ann": 400 + n, "bob": 500}, "rejected": n} for n, name in enumerate(AREAS)]
    drawn = {"votes": {"ann": 1084, "bob": 1084}, "lot": ["bob"], "papers": 2_180, "rejected": 12}
    heads = {"unmarked": 10, "void_for_uncertainty": 2}
    night.send(
        event(
            "declaration",
            COUNTED_ELECTION,
            {"ballot_id": COUNTED, "revision": 1, "kind": "progress", "areas": areas[:2]},
            "a-1",
        ),
        event(
            "declaration",
            COUNTED_ELECTION,
            {"ballot_id": DRAWN, "revision": 1, **drawn, "rejected_by_head": heads},
            "d-1",
        ),
    )
    return night.history
