"""Random nights of an election that asks for signatures: what holds after every message, whoever sends what."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

import pytest

from schemas.receipt import Receipt
from schemas.signatures import read_public_key, read_signature
from services.ingest.rules.intake import REFUSED, Intake
from services.ingest.rules.signed_state import PRIVATE
from services.ingest.service import WIRING
from streams.fold import Entry
from streams.ledger_tail import split
from tallywire.evidence.replay import IngestReplay
from tests.oracle.agreeing import disagreements
from tests.oracle.playing import aggregate
from tests.services.ingest.signed_election import (
    CLERK,
    DESK,
    ENROLLED,
    NOT_MOST_VOTES,
    OFFICER,
    OPERATOR,
    OTHER_CLERK,
    SECOND,
    STRANGER,
    SYSTEM,
    Person,
    SignedElection,
    confirmation,
    declared,
    enrolment,
    entered,
    message,
)
from tests.services.ingest.signed_refusals import OTHER_VOTES, retire
from tests.services.registers import ELECTION, TESTSHIRE

NIGHTS: Final = 6
MESSAGES: Final = 70
"""Messages of a night."""

NO_RESULT: Final[dict[str, Any]] = {"votes": None, "elected": None, "rejected": None, "papers": None, "reason": "Asked"}
UNCOUNTED: Final[dict[str, Any]] = {"papers": 58_000}
FIGURES: Final[tuple[dict[str, Any], ...]] = (
    {},
    NOT_MOST_VOTES,
    OTHER_VOTES | {"elected": None},
    {"votes": {"ann-example": 30_000, "bob-sample": 20_000, "cay-specimen": 5_000}, "elected": None},
    UNCOUNTED,
    {"kind": "withdrawn", **NO_RESULT},
    {"kind": "recount", **NO_RESULT},
    {"kind": "annulled", **NO_RESULT},
    {"kind": "flash", "elected": ["ann-example"], "votes": None, "rejected": None, "papers": None},
)
SECOND_PHONES: Final = {who.name: Person(f"{who.name}-phone") for who, _, _ in ENROLLED.values()}


@dataclass
class Sent:
    """A message that was sent, and the first answer to it."""

    content: bytes
    signature: str
    answer: Receipt


@dataclass
class RandomNight:
    """A night on which anything is sent by anybody."""

    random: Random
    confirmed: bool
    """Whether figures are declared that only a second person lets through: the recount would refuse them."""
    night: SignedElection = field(default_factory=SignedElection)
    sent: list[Sent] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    """Of what was typed."""
    replay: IngestReplay = field(default_factory=lambda: IngestReplay(ELECTION))
    read: int = 0
    grown: dict[str, dict[str, bytes]] = field(default_factory=dict)

    @property
    def declared(self) -> tuple[dict[str, Any], ...]:
        """The figures that are declared."""
        return FIGURES if self.confirmed else tuple(each for each in FIGURES if each not in (NOT_MOST_VOTES, UNCOUNTED))

    @property
    def typed(self) -> tuple[dict[str, Any], ...]:
        """The figures that are typed: few, so that two people often agree."""
        return ({}, NOT_MOST_VOTES) if self.confirmed else ({}, FIGURES[3])

    def play(self) -> None:
        """Send one message."""
        plays: list[tuple[int, Callable[[], None]]] = [
            (5, self.declare),
            (5, self.enter),
            (3, self.cite),
            (6, self.decide),
            (2, self.manage_keys),
            (3, self.repeat),
            (1, self.amend),
        ]
        [play] = self.random.choices([each for _, each in plays], [weight for weight, _ in plays])
        play()

    def somebody(self, *likely: Person) -> Person:
        """Return anybody, most often one of the likely ones, with the first or the second key."""
        anybody = [OPERATOR, STRANGER, *(who for who, _, _ in ENROLLED.values())]
        person = self.random.choice(likely if self.random.random() < 0.8 else anybody)
        return SECOND_PHONES.get(person.name, person) if self.random.random() < 0.15 else person

    def new_id(self) -> str:
        """Return an id, sometimes one that was used."""
        return f"id-{self.random.randrange(200)}"

    def figures(self) -> dict[str, Any]:
        """Return the revision and the figures of a message."""
        highest = self.night.intake.highest(TESTSHIRE)
        return self.random.choice(self.declared) | {
            "revision": max(1, highest + self.random.choice((-1, 0, 1, 1, 1, 2)))
        }

    def post(self, who: Person, event: dict[str, Any]) -> Receipt:
        """Send a message."""
        content = json.dumps(event).encode() + self.random.choice((b"", b"\n"))
        return self._post(content, who.sign(content))

    def _post(self, content: bytes, signature: str) -> Receipt:
        answer = self.night.post(None, content, signature, later_s=len(self.sent) * self.random.choice((1, 60)))
        self.sent.append(Sent(content, signature, answer))
        return answer

    def declare(self) -> None:
        """Declare, correct, withdraw, annul."""
        self.post(self.somebody(OFFICER, OFFICER, SYSTEM, DESK), declared(self.new_id(), **self.figures()))

    def enter(self) -> None:
        """Type figures, most often those that others type."""
        figures = {"revision": self.night.intake.highest(TESTSHIRE) + 1, **self.random.choice(self.typed)}
        answer = self.post(self.somebody(CLERK, OTHER_CLERK, SECOND), entered(self.new_id(), **figures))
        if answer.status == "entered" and answer.digest is not None:
            self.digests.append(answer.digest)

    def cite(self) -> None:
        """Declare what was typed."""
        digests = self.random.sample(self.digests[-4:], k=min(2, len(self.digests)))
        figures = {"revision": self.night.intake.highest(TESTSHIRE) + 1, **self.random.choice(self.typed)}
        self.post(self.somebody(SECOND, OFFICER), declared(self.new_id(), entries=digests, **figures))

    def decide(self) -> None:
        """Decide on a hold, or on what is none."""
        place = self.random.choice([*self.night.intake.holds, *[*self.night.intake.held] * 4, 1])
        decision = self.random.choice(("confirm", "confirm", "reject", "return"))
        self.post(
            self.somebody(SECOND, DESK, OFFICER, OPERATOR), confirmation(self.new_id(), place, decision, "Looked at it")
        )

    def manage_keys(self) -> None:
        """Enrol a second key of somebody, or retire one."""
        who, role, contests = self.random.choice(list(ENROLLED.values()))
        phone = SECOND_PHONES[who.name]
        by = self.random.choice((OPERATOR, OPERATOR, who))
        if self.random.random() < 0.75:
            self.post(by, enrolment(phone, role, contests, person=who.name) | {"id": self.new_id()})
        else:
            self.post(by, retire(self.random.choice((who, phone, OPERATOR)), self.new_id()))

    def repeat(self) -> None:
        """Send again what was sent: what was taken stays taken, in its place; what was held is not taken alone."""
        if not self.sent:
            return
        first = self.random.choice(self.sent)
        decided = len(self.night.ledger)
        again = self._post(first.content, first.signature)
        assert len(self.night.ledger) == decided or first.answer.status == "refused"
        if first.answer.status in ("accepted", "duplicate"):
            assert (again.status, again.ledger_sequence) == ("duplicate", first.answer.ledger_sequence)
        elif first.answer.status == "held":
            assert again.hold == first.answer.hold
            assert again.status == "held" or again.decided is not None

    def amend(self) -> None:
        """Amend the electorate, so that some of what is held cannot be true any more."""
        electorate = self.random.choice((56_500, 100_000, 100_000, 120_000))
        data = {"ballot_id": TESTSHIRE, "electorate": electorate}
        self.post(self.somebody(DESK), message("amendment", TESTSHIRE, data, self.new_id()))

    def check(self) -> None:
        """See that what holds after every message holds."""
        night = self.night
        fresh = night.ledger[self.read :]
        entries = [Entry(f"{place}-0", {b"data": each}) for place, each in enumerate(fresh, self.read + 1)]
        for growing, fields in self.replay.fold(entries).items():
            self.grown.setdefault(growing, {}).update(fields)
        self.read = len(night.ledger)
        followed = {name: fields for name, fields in night.tables.items() if name not in (*PRIVATE, REFUSED)}
        assert self.grown | self.replay.tables == followed
        for entry in fresh:
            self.check_entry(entry)
        restored = Intake(ELECTION)
        for table in WIRING.tables:
            for name, value in reversed(night.tables[table.name].items()):
                table.load(restored, name, value)
        for name, value in vars(night.intake).items():
            assert getattr(restored, name) == value, name
        night.intake = restored

    def check_entry(self, entry: bytes) -> None:
        """See that an entry is signed by whom it names, and that where two people are needed there are two."""
        sent, attributes = split(entry)
        event = json.loads(sent)
        if event["type"] == "tallywire.hold.v1":
            assert not {"votes", "papers", "elected", "reasons"} & event["data"].keys()
            return
        signature = read_signature(str(attributes["signature"]))
        assert signature is not None
        key = self.night.intake.keys[signature.key_id]
        public_key = read_public_key(key.public_key)
        assert public_key is not None
        assert signature.holds(sent, public_key)
        assert attributes["person"] == key.person
        if event["type"] == "tallywire.declaration.v1":
            assert key.role not in ("clerk", "operator") or event["data"]["kind"] in (
                "withdrawn",
                "recount",
                "annulled",
            )
            assert attributes.get("confirmedby") != key.person
            assert key.role != "second-person" or len(event["data"]["entries"]) == 2  # two people's

    def check_end(self) -> None:
        """See that nothing which still waits, or was turned down, is on the ledger; and that all else is."""
        ledger = b"".join(self.night.ledger)
        for one in self.sent:
            on_ledger = one.signature.encode() in ledger
            if one.answer.status == "accepted":
                assert on_ledger
            if one.answer.status == "held" and on_ledger:
                assert self.night.intake.holds[one.answer.hold or 0].end == "confirm"
        for waiting in self.night.intake.held.values():
            assert waiting.signature.encode() not in ledger


@pytest.mark.parametrize("seed", range(NIGHTS))
def test_whatever_is_sent_by_whomever(seed: int) -> None:
    """Promise: whoever sends what, the ledger read again and ingest started anew know what ingest knew.

    Every entry is signed by whom it names; nobody confirms their own; what was answered once is answered so again; and
    results and tallies are those of the independent recount.
    """
    night = RandomNight(Random(seed), confirmed=seed % 2 == 0)  # a test that can be repeated
    night.check()
    for _ in range(MESSAGES):
        night.play()
        night.check()
    night.check_end()
    assert len({one.answer.status for one in night.sent}) >= 4  # a night on which something happened
    if not night.confirmed:
        assert list(disagreements(aggregate(ELECTION), night.night.ledger)) == []
