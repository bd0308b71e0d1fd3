"""What a stranger may send has a limit everywhere, and reaching it loses nothing."""

import json
from typing import Any

import pytest

from schemas.events import ReceiptEvent
from schemas.receipt import Refusal
from schemas.register import Candidate, Register
from services.ingest.rules import limits
from services.ingest.rules.checks.register_size import check_register_size
from services.ingest.rules.event.crowding import check_crowding
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.intake import Intake
from services.ingest.rules.reasons.table import REASONS, names_a_limit
from services.ingest.rules.reasons.wording import DidYouMean
from services.ingest.service import WIRING, ingest_declarations
from streams.fold import Entry, fold
from tests.services.declarations import synthetic_declaration
from tests.services.events import register_event
from tests.services.ingest.reasons_document import TOLD_ELSEWHERE
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_contest, synthetic_register

SIZES = [
    ("data.contests", limits.CONTESTS_MAX),
    ("data.parties", limits.PARTIES_MAX),
    ("data.regions", limits.REGIONS_MAX),
    ("data.bodies", limits.BODIES_MAX),
    ("data.bodies.b.landmarks", limits.LANDMARKS_MAX),
    ("data.contests.c.candidates", limits.CANDIDATES_MAX),
    ("data.contests.c.regions", limits.CONTEST_REGIONS_MAX),
    ("data.contests.c.areas", limits.AREAS_MAX),
    ("data.contests.c.constituencies", limits.CONSTITUENCIES_MAX),
    ("data.contests.c.candidates.l.people", limits.LISTED_PEOPLE_MAX),
]


def holding(path: str, number: int) -> dict[str, Any]:
    """Return an event with so many entries at a place, and nothing else."""
    within: Any = dict.fromkeys(map(str, range(number)), 1)
    for step in reversed(path.split(".")):
        within = {step: within}
    event: dict[str, Any] = within
    return event


def send(intake: Intake, *messages: bytes) -> list[tuple[ReceiptEvent, Refusal | None]]:
    """Fold each message and return its receipt, and the dead letter if there is one."""
    answers: list[tuple[ReceiptEvent, Refusal | None]] = []
    for message in messages:
        entry = Entry(f"{1_900_000_000_000 + len(answers)}-0", {b"data": message})
        batch = fold(WIRING, ingest_declarations, intake, [entry])
        events = {out.stream: out.event for out in batch.emissions}
        refusal = events.get("refusals")
        answers.append((events["receipts"], refusal.data if refusal else None))  # type: ignore[arg-type,attr-defined]  # a fold's events are of any sort
    return answers


def declaration(event_id: str, **changed: object) -> bytes:
    """Return a declaration of Testshire."""
    event = synthetic_declaration()
    return json.dumps({**event, "id": event_id, "data": {**event["data"], **changed}}).encode()


def register(described: Register | None = None) -> bytes:
    """Return a register as a sender sends it."""
    ours = {"sequence": None, "acceptedtime": None, "groupend": None}
    return register_event(described or synthetic_register()).model_copy(update=ours).encode()


@pytest.mark.parametrize(("path", "limit"), SIZES, ids=[path for path, _ in SIZES])
def test_a_register_may_describe_so_much_and_no_more(path: str, limit: int) -> None:
    """Promise: what each message costs is bounded by what a register may describe."""
    found = [list(check_register_size(Readable(holding(path, number)))) for number in (limit, limit + 1)]
    assert [[(fault.code, ".".join(map(str, fault.loc))) for fault in faults] for faults in found] == [
        [],
        [("register.too_many", path)],
    ]


def test_a_full_ledger_takes_no_more_and_still_knows_what_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: at its limit an election refuses what is new by name, repeats are still repeats, and nothing is lost."""
    monkeypatch.setattr(limits, "LEDGER_ENTRIES_MAX", 2)
    new = declaration("second", revision=2)
    again = declaration("another id")
    intake = Intake(ELECTION)
    answers = send(intake, register(), declaration("first"), new, declaration("first"), again)
    assert [receipt.data.status for receipt, _ in answers] == [
        "accepted",
        "accepted",
        "refused",
        "duplicate",
        "duplicate",
    ]
    receipt, refusal = answers[2]
    assert [(reason.code, reason.path) for reason in receipt.data.reasons] == [("election.full", "")]
    assert refusal is not None
    assert not refusal.cut
    assert intake.ledger_length == 2
    monkeypatch.setattr(limits, "LEDGER_ENTRIES_MAX", 3)
    ((receipt, _),) = send(intake, new)
    assert receipt.data.ledger_sequence == 3


def test_what_a_full_election_is_told_is_in_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: the document tells what is really said."""
    intake = Intake(ELECTION)
    send(intake, register())
    monkeypatch.setattr(limits, "LEDGER_ENTRIES_MAX", 1)
    ((receipt, _),) = send(intake, declaration("first"))
    assert receipt.data.reasons[0].message == TOLD_ELSEWHERE["election.full"].replace("5,000,000", "1")


def test_garbage_is_kept_twice_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: whoever sends garbage all night gets receipts and reasons all night, and does not fill the server."""
    monkeypatch.setattr(limits, "REFUSED_BYTES_MAX", 20)
    intake = Intake(ELECTION)
    answers = send(intake, b"garbage", b"more garbage", b"even more", b"and more")
    assert [receipt.data.status for receipt, _ in answers] == ["refused"] * 4
    letters = [refusal for _, refusal in answers if refusal is not None]
    assert [letter.fields for letter in letters] == [{"ZGF0YQ==": "Z2FyYmFnZQ=="}, {"ZGF0YQ==": "bW9yZSA="}, {}, {}]
    assert [letter.cut for letter in letters] == [False, True, True, True]
    assert all(letter.reasons for letter in letters)


def test_what_was_kept_of_refusals_is_remembered() -> None:
    """Promise: a restart does not begin to count anew."""
    intake, again = Intake(ELECTION), Intake(ELECTION)
    entry = Entry("1-0", {b"data": b"garbage"})
    for (table, field), value in fold(WIRING, ingest_declarations, intake, [entry]).records.items():
        WIRING.table(table).load(again, field, value.encode())
    assert again.refused == intake.refused
    assert intake.refused.size == len(b"datagarbage")


def test_an_entry_of_many_fields_is_kept_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: a thousand fields are not a thousand times what one may have."""
    monkeypatch.setattr(limits, "KEPT_BYTES_MAX", 10)
    intake = Intake(ELECTION)
    batch = fold(WIRING, ingest_declarations, intake, [Entry("1-0", {b"a%d" % n: b"xx" for n in range(9)})])
    letter = next(out.event.data for out in batch.emissions if out.stream == "refusals")  # type: ignore[attr-defined]  # as above
    assert len(letter.fields) == 3
    assert letter.cut
    assert intake.refused.size == 10


def test_the_codes_that_name_a_limit() -> None:
    """Promise: a metric counts what was refused because a limit was reached, and nothing else."""
    named = {code for code in REASONS if names_a_limit(code)}
    assert {"election.full", "entry.too_large", "entry.more_faults", "json.too_deep", "register.too_many"} <= named
    assert named.isdisjoint({"votes.text", "revision.too_small", "id.reused", "register.too_many_seats"})


def test_nothing_is_looked_for_among_too_many_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: a hint costs milliseconds at most, however large the register."""
    monkeypatch.setattr(limits, "NEAREST_AMONG_MAX", 2)
    assert str(DidYouMean("on", ("one", "two"))) == " Did you mean one?"
    assert str(DidYouMean("on", ("one", "two", "three"))) == ""


def test_local_counts_are_so_many_and_no_more() -> None:
    """Promise: a contest of as many candidates and areas as there can be is counted by area up to a limit."""
    candidates = {f"person-{number}": Candidate(name=f"Person {number}", party="PP52") for number in range(50)}
    areas = tuple(f"Area {number}" for number in range(101))
    contest = synthetic_contest(candidates=candidates, areas=areas)

    def counted(number: int) -> list[str]:
        counts = [{"area": area, "votes": dict.fromkeys(candidates, 1)} for area in areas[:number]]
        return [found.code for found in check_crowding({"data": {"areas": counts}}, contest)]

    assert 100 * len(candidates) == limits.LOCAL_COUNTS_MAX
    assert (counted(100), counted(101)) == ([], ["field.too_many"])


def test_strangers_in_local_counts_are_so_many_and_no_more() -> None:
    """Promise: thousands of local counts of people who do not stand there are refused at the cost of counting them."""
    contest = synthetic_contest(areas=tuple(f"Area {number}" for number in range(200)))

    def counted(strangers: int) -> list[str]:
        counts = [{"area": f"Area {number}", "votes": {f"dan-{number}": 1}} for number in range(199)]
        counts.append({"area": "Area 199", "votes": {f"dan-{number}": 1 for number in range(strangers - 199)}})
        return [found.code for found in check_crowding({"data": {"areas": counts}}, contest)]

    assert (counted(limits.FAULTS_MAX), counted(limits.FAULTS_MAX + 1)) == ([], ["entry.too_many_faults"])


def test_a_message_may_be_as_large_as_the_contests_of_its_election_need() -> None:
    """Promise: as many local counts as there may be are taken where they are counted, and nowhere else."""
    candidates = {f"person-{number}": Candidate(name=f"Person {number}", party="PP52") for number in range(10)}
    wards = tuple(f"Ward of Synthetic Upper {number}" for number in range(limits.AREAS_MAX))
    in_wards = {
        "votes": {one: len(wards) * (number + 1) for number, one in enumerate(candidates)},
        "areas": [
            {"area": ward, "rejected": 2, "votes": {one: number + 1 for number, one in enumerate(candidates)}}
            for ward in wards
        ],
        "elected": ["person-9"],
        "rejected": 2 * len(wards),
        "papers": None,
    }
    assert len(candidates) * len(wards) == limits.LOCAL_COUNTS_MAX
    sent = declaration("in wards", **in_wards)
    told = []
    for areas in (wards, ()):
        contest = synthetic_contest(candidates=candidates, areas=areas, electorate=None)
        intake = Intake(ELECTION)
        _, (receipt, _) = send(intake, register(synthetic_register(contests={TESTSHIRE: contest})), sent)
        told.append((receipt.data.status, [reason.code for reason in receipt.data.reasons]))
    assert told == [("accepted", []), ("refused", ["entry.too_large"])]


def test_every_candidate_that_a_contest_may_have_can_be_amended_and_declared_at_once() -> None:
    """Promise: the room of a message without local counts is enough for the largest contest there may be."""
    numbers = range(limits.CANDIDATES_MAX)
    candidates = {f"synthetic-person-{n}": Candidate(name=f"Synthetic Person {n}", party="PP52") for n in numbers}
    contest = synthetic_contest(candidates=candidates, electorate=None)
    event = synthetic_declaration()
    amended = {one: {"name": f"Renamed {one}", "party": "PP53", "id": f"renamed-{one}"} for one in candidates}
    amendment = {**event, "type": "tallywire.amendment.v1", "data": {"ballot_id": TESTSHIRE, "candidates": amended}}
    votes = {f"renamed-{one}": number for number, one in enumerate(candidates)}
    elected = [f"renamed-synthetic-person-{limits.CANDIDATES_MAX - 1}"]
    answers = send(
        Intake(ELECTION),
        register(synthetic_register(contests={TESTSHIRE: contest})),
        json.dumps({**amendment, "id": "amendment"}).encode(),
        declaration("declaration", votes=votes, elected=elected, papers=None),
    )
    assert [(receipt.data.status, receipt.data.reasons) for receipt, _ in answers] == [("accepted", ())] * 3
