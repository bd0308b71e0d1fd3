"""Identity: what is taken, what is a repeat, what is refused."""

import json
from base64 import b64decode

import pytest

from schemas.events import AmendmentEvent, RegisterEvent
from schemas.register import Amendment, Party
from services.ingest.rules.answers import receipt_of, refusal_of
from services.ingest.rules.checks.new_parties import check_new_parties
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.intake import Intake
from services.ingest.rules.judgement import Judgement, Refused
from services.ingest.rules.judging import instant, judge
from services.ingest.rules.limits import KEPT_BYTES_MAX, PARTIES_MAX
from services.ingest.rules.reasons.faults import Fault
from services.ingest.rules.register import accept_register
from services.ingest.service import WIRING, ingest_declarations
from streams.commit import Mark, number
from streams.fold import Entry, fold
from streams.ledger_tail import split
from tests.services.events import declaration_event
from tests.services.folding import with_restarts, without_restarts
from tests.services.ingest.lives import UNKNOWN
from tests.services.registers import ELECTION, PARTIES, TESTSHIRE, synthetic_contest, synthetic_register

NOON = "2030-05-03T12:00:00.000Z"
VOTES = {"ann-example": 20_000, "bob-sample": 21_000, "cay-specimen": 9_000}


def sent(votes: dict[str, int] | None = VOTES, revision: int = 1, event_id: str = "a", **figures: str) -> bytes:
    """Return a declaration as a count centre sends it."""
    event = declaration_event(TESTSHIRE, votes, revision=revision)
    data = event.data.model_copy(update=figures)
    ours = {"id": event_id, "acceptedtime": None, "sequence": None, "groupend": None}
    return event.model_copy(update={**ours, "data": data}).encode()


REGISTER = RegisterEvent(id="register", source="/synthetic", subject=ELECTION, data=synthetic_register()).encode()


def take(*messages: bytes) -> tuple[Intake, list[Judgement]]:
    """Return what is remembered and decided after the messages, each judged in its turn."""
    intake, judged = Intake(ELECTION), []
    for place, message in enumerate(messages, start=1):
        entry = Entry(f"{place}-0", {b"data": message}, 1_900_000_000_000 + place)
        judged.append(judge(intake, entry.id, entry.fields, instant(entry.read_ms)))
        assert not any(fold(WIRING, ingest_declarations, intake, [entry]).outcomes)
    return intake, judged


def ledger(*messages: bytes) -> list[bytes]:
    """Return the ledger after the messages."""
    entries = [Entry(f"{n}-0", {b"data": sent}, 1_900_000_000_000 + n) for n, sent in enumerate(messages, start=1)]
    batch = fold(WIRING, ingest_declarations, Intake(ELECTION), entries)
    written, _ = number(batch.emissions, ELECTION, WIRING, Mark())
    return [event for out, event in zip(batch.emissions, written, strict=True) if out.stream == "ledger"]


def answers(*messages: bytes) -> list[tuple[str, list[str], int | None]]:
    """Return status, reason codes and ledger sequence of each message after the register."""
    _, judged = take(REGISTER, *messages)
    receipts = [receipt_of(one).data for one in judged[1:]]
    return [(one.status, [reason.code for reason in one.reasons], one.ledger_sequence) for one in receipts]


def test_the_register_is_the_ledgers_first_entry() -> None:
    """Promise: an election begins with its register, and each accepted message has the next place."""
    intake, judged = take(REGISTER, sent())
    assert [receipt_of(one).data.ledger_sequence for one in judged] == [1, 2]
    assert intake.ledger_length == 2


def test_the_ledger_holds_the_senders_own_bytes() -> None:
    """Promise: what was sent can be cut out of the ledger entry byte for byte, but for white space after it."""
    message = sent().replace(b'"specversion"', b' \n "desk": "A", "specversion"') + b"\n"
    written = ledger(REGISTER, message)[1]
    assert written.startswith(message.rstrip()[:-1])
    assert split(written)[0] == message.rstrip()
    assert json.loads(written)["acceptedtime"] == "2030-03-17T17:46:40.002Z"


def test_same_id_and_same_bytes_is_a_duplicate_of_the_first() -> None:
    """Promise: sending again is harmless, and says where the first stands."""
    assert answers(sent(), sent()) == [("accepted", [], 2), ("duplicate", [], 2)]


AGAIN = json.loads(sent(declared_at="2030-05-03T03:00:00+01:00", note="Ré-compte"))
"""A declaration, before it is written as another system would write it."""


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(json.dumps(dict(reversed(AGAIN.items())), indent=2), id="keys of the event in another order"),
        pytest.param(
            json.dumps(AGAIN | {"data": dict(reversed(AGAIN["data"].items()))}), id="keys of its data in another order"
        ),
        pytest.param(
            json.dumps(AGAIN | {"data": AGAIN["data"] | {"votes": dict(reversed(VOTES.items()))}}),
            id="candidates in another order",
        ),
        pytest.param(json.dumps(AGAIN, ensure_ascii=False), id="letters without escapes"),
        pytest.param(
            json.dumps(AGAIN | {"data": AGAIN["data"] | {"declared_at": "2030-05-03T02:00:00.000Z"}}),
            id="the same moment",
        ),
        pytest.param(
            json.dumps(AGAIN | {"data": {k: v for k, v in AGAIN["data"].items() if v is not None}}), id="no nulls"
        ),
        pytest.param(json.dumps({k: v for k, v in AGAIN.items() if k != "test"}), id="no test, which is false"),
        pytest.param(json.dumps(AGAIN | {"traceparent": "00-0af7651916cd43dd-b7ad6b71-01"}), id="a trace"),
        pytest.param(json.dumps(AGAIN | {"datacontenttype": "application/json; charset=utf-8"}), id="a content type"),
        pytest.param(json.dumps(AGAIN | {"dataschema": "https://example.org/declaration"}), id="a schema"),
        pytest.param(json.dumps(AGAIN | {"time": "2030-05-03T04:00:00Z"}), id="sent at another time"),
    ],
)
def test_the_same_event_otherwise_written_is_a_duplicate(again: str) -> None:
    """Promise: equal is equal in meaning: what a library or a proxy does to an event on its way makes no other one."""
    assert answers(json.dumps(AGAIN).encode(), again.encode())[1] == ("duplicate", [], 2)


def test_the_order_of_a_list_of_people_says_nothing() -> None:
    """Promise: who is elected is a set, also under the same id."""
    ward = synthetic_register(contests={TESTSHIRE: synthetic_contest(seats=2, baseline=UNKNOWN)})
    register = RegisterEvent(id="register", source="/synthetic", subject=ELECTION, data=ward).encode()
    flash = {"ballot_id": TESTSHIRE, "revision": 1, "kind": "flash"}
    messages = (
        json.dumps(json.loads(sent()) | {"data": flash | {"elected": elected}}).encode()
        for elected in (["ann-example", "bob-sample"], ["bob-sample", "ann-example"])
    )
    _, judged = take(register, *messages)
    assert [receipt_of(one).data.status for one in judged] == ["accepted", "accepted", "duplicate"]


def test_what_cannot_be_read_alike_is_not_the_same() -> None:
    """Promise: where a field is given twice, or a number is no whole one, nobody guesses what is meant."""
    twice = sent().replace(b'"votes"', b'"revision":1,"votes"')
    fraction = sent().replace(b"20000", b"20000.0")
    assert [codes for _, codes, _ in answers(sent(), twice, fraction)[1:]] == [
        ["id.reused", "json.duplicate_key"],
        ["id.reused", "votes.fraction"],
    ]


def test_a_known_event_is_known_whatever_has_become_of_the_register() -> None:
    """Promise: a repeat is judged before its figures: what was accepted is never told that it cannot be true."""
    smaller = AmendmentEvent(
        id="smaller", source="/synthetic", subject=TESTSHIRE, data=Amendment(ballot_id=TESTSHIRE, electorate=40_000)
    ).encode()
    withdrawn = sent(revision=2, event_id="gone", votes=None, kind="withdrawn", reason="Synthetic")
    assert answers(sent(), withdrawn, smaller, sent())[3] == ("duplicate", [], 2)


def test_same_id_and_other_content_is_refused() -> None:
    """Promise: an id that was taken cannot be given to another message."""
    other = sent(VOTES | {"ann-example": 1}, revision=2)
    assert answers(sent(), other)[1] == ("refused", ["id.reused"], None)


def test_new_id_and_same_figures_is_a_duplicate() -> None:
    """Promise: the same revision said again in other words, at another time, is the same."""
    again = sent(event_id="b", declared_at="2030-05-03T03:00:00+01:00", note="said again")
    assert answers(sent(), again)[1] == ("duplicate", [], 2)


def test_who_is_elected_may_be_left_to_the_votes() -> None:
    """Promise: a declaration that names who its votes elect says the same as one that does not."""
    named = json.loads(sent(event_id="b"))
    named["data"]["elected"] = ["bob-sample"]
    assert answers(sent(), json.dumps(named).encode())[1] == ("duplicate", [], 2)


def test_new_id_and_other_figures_of_the_same_revision_is_refused() -> None:
    """Promise: the first stands, and the sender is told which revision a correction needs."""
    other = sent(VOTES | {"ann-example": 20_001}, event_id="b")
    _, judged = take(REGISTER, sent(), sent(revision=4, event_id="four"), other)
    (reason,) = receipt_of(judged[3]).data.reasons
    assert reason.code == "revision.conflict"
    assert "send revision 5" in reason.message


def test_a_lower_revision_that_comes_late_is_taken_into_the_history() -> None:
    """Promise: order does not matter; every revision is kept once."""
    assert answers(sent(revision=2), sent(revision=1, event_id="b")) == [("accepted", [], 2), ("accepted", [], 3)]


def test_a_refused_declaration_can_be_mended_under_its_id() -> None:
    """Promise: an id is bound when its message is accepted, not before."""
    assert answers(sent({"ann-example": 1, "bob-sample": 2}), sent()) == [
        ("refused", ["candidate.missing"], None),
        ("accepted", [], 2),
    ]


def test_the_same_id_from_another_source_is_another_message() -> None:
    """Promise: CloudEvents identifies an event by source and id together."""
    elsewhere = sent(VOTES, revision=2).replace(b'"/synthetic"', b'"/elsewhere"')
    assert [status for status, _, _ in answers(sent(), elsewhere)] == ["accepted", "accepted"]


def test_another_register_is_refused_and_the_same_one_is_a_duplicate() -> None:
    """Promise: a loaded election is amended, never loaded over."""
    other = RegisterEvent(
        id="other", source="/synthetic", subject=ELECTION, data=synthetic_register(name="Another name")
    ).encode()
    same = json.loads(REGISTER) | {"id": "same", "time": "2030-05-01T09:00:00Z"}
    same["data"]["contests"] = dict(reversed(same["data"]["contests"].items()))
    assert answers(REGISTER, json.dumps(same).encode(), other) == [
        ("duplicate", [], 1),
        ("duplicate", [], 1),
        ("refused", ["register.already_loaded"], None),
    ]
    # Nor is it where nobody has looked before.
    loaded = Intake(ELECTION)
    loaded.register = synthetic_register()
    assert isinstance(accept_register(loaded, RegisterEvent.model_validate_json(other), 2), Fault)


def test_an_amendment_changes_what_is_possible_from_then_on() -> None:
    """Promise: amending the register is a message like any other, and takes effect for the next one."""
    too_many = sent(VOTES | {"ann-example": 90_000}, event_id="b")
    amendment = AmendmentEvent(
        id="amendment",
        source="/synthetic",
        subject=TESTSHIRE,
        data=Amendment(ballot_id=TESTSHIRE, electorate=200_000),
    ).encode()
    found = answers(too_many, amendment, too_many)
    assert [status for status, _, _ in found] == ["refused", "accepted", "accepted"]


def amends(event_id: str, **changes: object) -> bytes:
    """Return an amendment of Testshire."""
    data = Amendment.model_validate({"ballot_id": TESTSHIRE, **changes})
    return AmendmentEvent(id=event_id, source="/synthetic", subject=TESTSHIRE, data=data).encode()


def test_who_stands_can_be_amended_before_anything_is_declared_and_not_after() -> None:
    """Promise: candidates are added, left out and given other ids before the night; no declaration is left hanging."""
    changes = {
        "ann-example": {"id": "900001", "name": "Anne Example"},
        "bob-sample": {"stands": False},
        "new-example": {"name": "New Example", "party": "PP90", "stands": True},
    }
    votes = {"900001": 9_000, "cay-specimen": 8_000, "new-example": 7_000}
    intake, judged = take(REGISTER, amends("a1", candidates=changes), sent(votes), amends("a2", candidates=changes))
    assert [receipt_of(one).data.status for one in judged] == ["accepted", "accepted", "accepted", "refused"]
    assert intake.register is not None
    standing = intake.register.contests[TESTSHIRE].candidates
    assert [(key, one.name, one.party) for key, one in standing.items()] == [
        ("900001", "Anne Example", "PP52"),
        ("cay-specimen", "Cay Specimen", "PP90"),
        ("new-example", "New Example", "PP90"),
    ]
    late = amends("a3", candidates={"900001": {"id": "ann-example"}})
    assert answers(sent(), late)[1][1] == ["candidate.unknown"]
    late = amends("a4", candidates={"ann-example": {"stands": False}})
    assert answers(sent(), late)[1][:2] == ("refused", ["amendment.declared_already"])


def test_who_stands_at_a_poll_that_was_called_off_is_amended_for_the_new_one() -> None:
    """Promise: where a candidate has died, others stand at the new poll; once somebody was elected, nobody is added."""
    off = sent(None, kind="countermanded", reason="A candidate has died")
    changes = {
        "bob-sample": {"stands": False},
        "new-example": {"name": "New Example", "party": "PP53", "stands": True},
    }
    amendment = amends("a1", candidates=changes, headline_baseline="sitting")
    votes = {"ann-example": 9_000, "cay-specimen": 8_000, "new-example": 17_000}
    poll, late = sent(votes, revision=2, event_id="b"), amends("a2", candidates={"cay-specimen": {"stands": False}})
    again = sent(None, revision=3, event_id="c", kind="postponed", reason="Annulled")
    statuses = [status for status, *_ in answers(off, amendment, poll, late, again, late)]
    assert statuses == ["accepted", "accepted", "accepted", "refused", "accepted", "refused"]


def test_who_is_added_late_may_stand_for_a_party_that_the_register_did_not_have() -> None:
    """Promise: the amendment that adds a candidate describes the party, and what it says of others is not taken."""
    party = {"name": "New Party", "spoken": "New Party", "abbreviation": "New", "counts_as": None}
    added = {"new-example": {"name": "New Example", "party": "local:new", "stands": True}}
    intake, judged = take(REGISTER, amends("a1", candidates=added, parties={"local:new": party}))
    assert receipt_of(judged[1]).data.status == "accepted"
    assert intake.register is not None
    assert list(intake.register.parties)[-1] == "local:new"
    assert intake.register.contests[TESTSHIRE].candidates["new-example"].party == "local:new"
    again = amends("a2", parties={"local:new": party})
    told = answers(amends("a1", candidates=added, parties={"local:new": party}), again)[1]
    assert told[:2] == ("refused", ["amendment.party_exists"])


def test_a_register_with_all_the_parties_it_may_have_takes_no_more() -> None:
    """Promise: what a register may describe is limited, also bit by bit."""
    party = Party(name="Party", spoken="Party", abbreviation="P")
    parties = PARTIES | {f"local:p{number}": party for number in range(PARTIES_MAX - len(PARTIES))}
    amendment = json.loads(amends("a1", parties={"local:new": party.model_dump()}))
    (found,) = check_new_parties(Readable(amendment), synthetic_register(parties=parties))
    assert (found.code, found.loc) == ("register.too_many", ("data", "parties"))


def test_the_baseline_of_headlines_can_be_amended_before_anything_is_declared_and_not_after() -> None:
    """Promise: no headline of a night compares with another baseline than the one before it."""
    sitting = amends("a1", headline_baseline="sitting")
    intake, _ = take(REGISTER, sitting)
    assert intake.register is not None
    assert (intake.register.headline_baseline, len(intake.register.contests)) == ("sitting", 3)
    assert answers(sitting, sent(), amends("a2", headline_baseline="previous_election"))[2][:2] == (
        "refused",
        ["amendment.declared_already"],
    )


def test_a_refused_entry_is_kept_as_it_came() -> None:
    """Promise: nothing is lost: the dead letter holds every field's bytes."""
    intake, _ = take(REGISTER)
    found = judge(intake, "1-0", {b"data": b"\xff\x00", b"other": b"\xfe"}, NOON)
    assert isinstance(found, Refused)
    assert refusal_of(found).data.fields == {"ZGF0YQ==": "/wA=", "b3RoZXI=": "/g=="}


def test_of_a_giant_entry_the_beginning_is_kept_twice_and_the_whole_once() -> None:
    """Promise: garbage of any size stops nobody; the dead letter says that it was cut, and where the whole is."""
    intake, _ = take(REGISTER)
    giant = b"x" * KEPT_BYTES_MAX
    found = judge(intake, "1-0", {b"data": giant}, NOON)
    assert isinstance(found, Refused)
    assert found.cut
    assert b64decode(found.fields["ZGF0YQ=="]) == giant[: KEPT_BYTES_MAX - len(b"data")]


@pytest.mark.parametrize("entry_id", ["0-1", "99999999999999-7", "18446744073709551615-1"])
def test_the_time_of_acceptance_is_when_it_was_read(entry_id: str) -> None:
    """Promise: the server's clock decides; an id that somebody made up is no time, and stops nothing."""
    entries = [
        Entry("1-0", {b"data": REGISTER}, 1_714_705_920_122),
        Entry(entry_id, {b"data": sent()}, 1_714_705_920_123),
    ]
    batch = fold(WIRING, ingest_declarations, Intake(ELECTION), entries)
    ledger, receipt = batch.emissions[2:]
    assert ledger.attributes == {"acceptedtime": "2024-05-03T03:12:00.123Z"}
    assert json.loads(receipt.event.encode())["time"] == "2024-05-03T03:12:00.123Z"


def test_a_restored_intake_goes_on_as_if_it_had_never_stopped() -> None:
    """Promise: started again before every entry, ingest answers what it answers when it is never stopped."""
    amendment = AmendmentEvent(
        id="amendment", source="/synthetic", subject=TESTSHIRE, data=Amendment(ballot_id=TESTSHIRE, electorate=200_000)
    ).encode()
    other = sent(VOTES | {"ann-example": 1}, event_id="c")
    messages = [REGISTER, sent(), amendment, b"garbage", sent(), sent(event_id="b"), other, amendment]
    messages.append(sent(revision=2, event_id="d"))
    found = with_restarts(WIRING, ingest_declarations, messages, ELECTION)
    assert found == without_restarts(WIRING, ingest_declarations, messages, ELECTION)
    assert len([stream for stream, _ in found if stream == "ledger"]) == 4
