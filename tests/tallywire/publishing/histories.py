"""Histories of elections that were played in memory: the services' own rules, and no server."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from schemas.register import Baselines, Body, Candidate, Contest
from tallywire.client.messages import register_event
from tallywire.publishing.documents import View
from tallywire.publishing.history import STREAMS, History
from tests.oracle.playing import Stage, aggregate, ingest, notify
from tests.services.registers import PARTIES, synthetic_contest, synthetic_register
from tests.tallywire.packs.nights import pack_of

Json = dict[str, Any]

LICENCE: Final = "Synthetic licence"


def view(history: History, place: int = -1) -> View:
    """Return an election at a moment, by its place; the last one unless another is named."""
    return View(history, place % len(history.moments), LICENCE)


@cache
def of_pack(election: str) -> History:
    """Return the history of a bundled election, each declaration a group of its own."""
    pack = pack_of(election)
    return played(election, register_event(pack.register, pack.register_bytes), pack.declarations)


def played(election: str, register: bytes, declarations: Sequence[bytes]) -> History:
    """Return the history of an election in which these events were sent one by one; all have to be accepted."""
    return Played(election, register).send(*declarations)


class Played:
    """An election that is played on."""

    def __init__(self, election: str, register: bytes) -> None:
        self.history = History(election)
        self._ingest, self._aggregate, self._notify = ingest(election), aggregate(election), notify(election)
        self.send(register)

    def send(self, *events: bytes, more: Sequence[Json] = ()) -> History:
        """Send events one by one; ``more`` are results that are published by hand with each."""
        for event in events:
            before = len(self.history.ledger)
            ledger = _on("ledger", self._ingest, [event])
            for entry in ledger:
                self.history.read_ledger(entry)
            said = self._aggregate.take(ledger)
            results = [content for stream, content in said if stream == "results"]
            said += self._notify.take(results)
            for stream, content in said:
                if stream in STREAMS:
                    self.history.read_event(stream, content)
            for data in more:
                number = len(self.history.events["results"]) + 1
                said_of = {"sequence": number, "subject": data["ballot_id"], "data": data}
                result = {"id": f"{data['ballot_id']}:{len(self.history.ledger)}", "type": "tallywire.result.v1"}
                self.history.read_event("results", json.dumps(result | said_of).encode())
            self.history.advance(len(self.history.ledger), len(self.history.events["results"]))
            assert len(self.history.ledger) > before, event[:300]
        assert self.history.settled
        return self.history


def _on(stream: str, stage: Stage, events: Sequence[bytes]) -> list[bytes]:
    return [content for name, content in stage.take(events) if name == stream]


def event(kind: str, election: str, data: Json, event_id: str, *, test: bool = False) -> bytes:
    """Return an event that somebody sends: ``register``, ``declaration``, ``amendment``."""
    said = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/synthetic",
        "type": f"tallywire.{kind}.v1",
        "subject": data.get("ballot_id", election),
        "test": test,
        "data": data,
    }
    return json.dumps(said, ensure_ascii=False).encode()


STRANGE_NAMES: Final = (
    '=HYPERLINK("http://example.org/","Results")',
    "+44 20 7946 0000",
    "-2+3",
    "@SUM(A1:A9)",
    "＝1+1",  # noqa: RUF001  # spreadsheets take it for =
    "Siân O’Ŵyn-D'Arcy, “Y Blaid”; a'i ffrindiau",
    "محمد الأمين",
    "<script>alert(1)</script> & <b>Sons</b>",
    "x" * 200,
    "A name with \ufffe and \uffff",
)
"""Names as a ballot paper may have them, and as somebody may make them up who means no good."""


@cache
def strange_night() -> History:
    """Return a night with every kind of declaration, about contests and people with strange names.

    A by-election of ten with strange names (declared, corrected so that another one wins, withdrawn, declared again); a
    council of three seats whose ward is declared, with papers, and a contest that is uncontested; one under the
    supplementary vote that goes to its final round; a flash, a recount, a postponement, and one without any news.
    """
    night = Played(ELECTION, strange_register())
    ten = [f"c{place}" for place in range(len(STRANGE_NAMES))]
    votes = {candidate: 1_000 - 100 * place for place, candidate in enumerate(ten)}
    turned = votes | {"c0": votes["c7"], "c7": votes["c0"]}
    said: tuple[tuple[str, Json], ...] = (
        (STRANGE, {"votes": votes, "rejected": 12, "papers": 5_514, "declared_at": "2030-05-03T01:00:00+01:00"}),
        (STRANGE, {"revision": 2, "votes": turned}),
        (STRANGE, {"revision": 3, "kind": "withdrawn", "reason": "A bundle was <misread>."}),
        (WARD, {"votes": {"w0": 900, "w1": 800, "w2": 700, "w3": 650}, "papers": 1_200, "rejected": 10}),
        (UNCONTESTED, {"kind": "uncontested", "elected": ["u0"]}),
        (SECOND, {"votes": {"s0": 400, "s1": 390, "s2": 300}, "final_round": {"s0": 450, "s1": 520}}),
        (FLASH, {"kind": "flash", "elected": ["f1"]}),
        (RECOUNT, {"kind": "recount", "reason": "Three votes apart."}),
        (POSTPONED, {"kind": "postponed", "reason": "A candidate has died."}),
        (STRANGE, {"revision": 4, "votes": turned}),
    )
    for number, (ballot_id, data) in enumerate(said):
        night.send(event("declaration", ELECTION, {"ballot_id": ballot_id, "revision": 1} | data, f"d-{number}"))
    return night.history


STRANGE: Final = "local.strange.the-ward.by.2030-05-02"
WARD: Final = "local.strange.three-seats.2030-05-02"
UNCONTESTED: Final = "local.strange.alone.2030-05-02"
SECOND: Final = "local.strange.second-count.2030-05-02"
FLASH: Final = "local.strange.early.2030-05-02"
RECOUNT: Final = "local.strange.again.2030-05-02"
POSTPONED: Final = "local.strange.later.2030-05-02"
SILENT: Final = "local.strange.silent.2030-05-02"
ELECTION: Final = "local.2030-05-02"


def strange_register() -> bytes:
    """Return the register of the night with strange names."""
    parties = tuple(PARTIES)
    no_votes = {"baseline": Baselines(previous_election=None, sitting=None)}

    def contest(name: str, letter: str, number: int, **overrides: object) -> Contest:
        stand = {
            f"{letter}{place}": Candidate(name=f"{letter.upper()} Number {place}", party=parties[place % len(parties)])
            for place in range(number)
        }
        return synthetic_contest(name=name, **{"candidates": stand, "body": "strange", **overrides})

    strange = {
        f"c{place}": Candidate(name=name, party=parties[place % len(parties)], sitting=place == 0)
        for place, name in enumerate(STRANGE_NAMES)
    }
    contests = {
        STRANGE: contest("Y Ward & <Felin>", "c", 1, candidates=strange, area="E05000001"),
        WARD: contest("Three Seats", "w", 4, seats=3, electorate=4_000, **no_votes),
        UNCONTESTED: contest("Alone", "u", 1),
        SECOND: contest("Second Count", "s", 3, voting_system="supplementary-vote", body=None),
        FLASH: contest("Early", "f", 2),
        RECOUNT: contest("Again", "r", 2, electorate=None),
        POSTPONED: contest("Later", "p", 2),
        SILENT: contest("Silent", "q", 2),
    }
    council = Body(
        name="Cyngor =Strange=", seats=12, not_up={"PP52": 2}, before={"PP52": 7, "PP53": 5}, control_before="PP52"
    )
    register = synthetic_register(
        election=ELECTION, name="<Strange> & Co", contests=contests, bodies={"strange": council}
    )
    return event("register", ELECTION, register.model_dump(mode="json"), "register")
