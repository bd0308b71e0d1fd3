"""Elections that ask for signatures: who may say what, what is held, and what two people decide together."""

import json
from dataclasses import replace
from typing import Final

import pytest

from schemas.signatures import read_public_key, read_signature
from services.ingest.rules.intake import REFUSED, Intake
from services.ingest.rules.judgement import Refused
from services.ingest.rules.judging import instant, judge
from services.ingest.rules.signed_state import KEYS, PRIVATE
from services.ingest.service import WIRING
from streams.fold import Entry
from streams.ledger_tail import split
from tallywire.evidence.replay import IngestReplay
from tests.services.declarations import synthetic_declaration
from tests.services.ingest.signed_election import (
    CLERK,
    DESK,
    ENROLLED,
    NOT_MOST_VOTES,
    OFFICER,
    OPERATOR,
    OTHER_CLERK,
    SECOND,
    START_MS,
    STRANGER,
    SYSTEM,
    Person,
    SignedElection,
    confirmation,
    declared,
    enrolment,
    entered,
    register_message,
)
from tests.services.ingest.signed_refusals import OTHER_VOTES, SCENES, retire, told
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_register

BITS: Final = 8 * 1024
"""In a declaration of 1 KiB."""


def codes(reasons: object) -> list[str]:
    """Return the codes of reasons."""
    return [reason.code for reason in reasons]  # type: ignore[attr-defined]


@pytest.fixture
def night() -> SignedElection:
    """An election with the people of ``ENROLLED``."""
    return SignedElection()


@pytest.mark.parametrize("code", SCENES)
def test_each_reason_is_told_to_who_gave_it(code: str) -> None:
    """Promise: a signature, a key, a person, an entry or a decision that is not right is refused, with a reason."""
    assert told(code)


def test_a_signed_declaration_is_kept_with_its_signature_and_every_byte(night: SignedElection) -> None:
    """Promise: anybody can verify it from the ledger alone, the line end that was signed with it included."""
    content = json.dumps(declared()).encode() + b"\n"
    receipt = night.post(OFFICER, content)
    assert (receipt.status, receipt.signed, receipt.person) == ("accepted", True, OFFICER.name)
    sent, attributes = split(night.ledger[-1])
    assert sent == content
    assert attributes["person"] == OFFICER.name
    signature = read_signature(str(attributes["signature"]))
    public_key = read_public_key(OFFICER.public_key)
    assert signature is not None
    assert public_key is not None
    assert signature.holds(sent, public_key)


def test_no_bit_of_a_signed_declaration_can_be_altered(night: SignedElection) -> None:
    """Promise: of a declaration of 1 KiB, 8,192 of 8,192 flipped bits are refused."""
    content = json.dumps(declared()).encode().ljust(BITS // 8)
    assert len(content) == BITS // 8
    signature = OFFICER.sign(content).encode()
    refused = 0
    for bit in range(BITS):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        judged = judge(night.intake, "9-0", {b"data": bytes(flipped), b"signature": signature}, instant(START_MS))
        refused += isinstance(judged, Refused) and codes(judged.reasons) == ["signature.wrong"]
    assert refused == BITS
    assert night.post(OFFICER, content).status == "accepted"


def test_what_is_known_gets_its_outcome_whatever_has_become_of_its_key(night: SignedElection) -> None:
    """Promise: a blind retry is answered for hours, though the key has been retired and the time is long ago."""
    content = json.dumps(declared()).encode()
    first = night.post(OFFICER, content)
    night.post(OPERATOR, retire(OFFICER))
    again = night.post(OFFICER, content, later_s=86_400)
    assert (again.status, again.ledger_sequence) == ("duplicate", first.ledger_sequence)
    forged = night.post(None, content, STRANGER.sign(content))
    assert codes(forged.reasons) == ["signature.unknown_key"]


def test_nobody_can_use_up_another_ones_id(night: SignedElection) -> None:
    """Promise: an id belongs to who signed it: the same source and id by another key is another message."""
    night.post(SYSTEM, declared(revision=2))
    assert night.post(OFFICER, declared()).status == "accepted"


def test_a_declaration_that_is_odd_waits_and_tells_nothing(night: SignedElection) -> None:
    """Promise: its sender learns that it is held and why; the ledger says only that something is."""
    receipt = night.post(OFFICER, declared(**NOT_MOST_VOTES))
    assert (receipt.status, codes(receipt.reasons)) == ("held", ["elected.not_most_votes"])
    assert receipt.hold == len(night.ledger)
    hold = json.loads(night.ledger[-1])
    assert hold["data"] == {
        "ballot_id": TESTSHIRE,
        "revision": 1,
        "digest": receipt.digest,
        "event": hold["data"]["event"],
        "under_review": False,
    }
    published = b"".join((*night.ledger, *night.published))
    assert not any(told in published for told in (b"30000", b'bob-sample"]', b"not_most_votes", b"declared-1"))


def test_the_same_bytes_ask_what_has_become_of_a_held_declaration(night: SignedElection) -> None:
    """Promise: held as long as nobody has decided; then taken, with who confirmed it."""
    content = json.dumps(declared(**NOT_MOST_VOTES)).encode()
    first = night.post(OFFICER, content)
    again = night.post(OFFICER, content)
    assert (again.status, again.reasons, again.hold) == ("held", first.reasons, first.hold)
    assert night.types == ["hold"]
    night.post(SECOND, confirmation("confirm", first.hold or 0))
    taken = night.post(OFFICER, content)
    assert (taken.status, taken.ledger_sequence, taken.decided and taken.decided.person) == (
        "duplicate",
        len(night.ledger),
        SECOND.name,
    )


def test_what_is_held_may_be_signed_again(night: SignedElection) -> None:
    """Promise: whoever signs the same declaration anew, with the time of then, is told that it is held."""
    place = night.hold()
    again = night.post(OFFICER, declared(**NOT_MOST_VOTES) | {"time": instant(START_MS + 60_000)}, later_s=60)
    assert (again.status, again.hold) == ("held", place)
    other = night.post(OFFICER, declared(rejected=1_235, **NOT_MOST_VOTES))
    assert codes(other.reasons) == ["id.reused"]


def test_a_confirmed_declaration_follows_its_confirmation_with_both_persons(night: SignedElection) -> None:
    """Promise: the ledger has the confirmation and then the declaration; its sender has a second receipt."""
    place = night.hold()
    receipt = night.post(SECOND, confirmation("confirm", place))
    assert receipt.status == "accepted"
    assert night.types == ["hold", "confirmation", "declaration"]
    _, attributes = split(night.ledger[-1])
    assert (attributes["person"], attributes["confirmedby"]) == (OFFICER.name, SECOND.name)
    second = night.receipts[-1]
    assert (second.status, second.event_id, second.ledger_sequence) == ("accepted", "declared-1", len(night.ledger))
    assert second.decided is not None
    assert (second.decided.decision, second.decided.person) == ("confirm", SECOND.name)
    assert night.receipt_ids[-1] == f"{ELECTION}:{second.entry_id}:receipt:{receipt.entry_id}"
    assert night.intake.highest(TESTSHIRE) == 1
    assert night.intake.held == {}


@pytest.mark.parametrize(("decision", "code"), [("reject", "hold.rejected"), ("return", "hold.returned")])
def test_what_is_turned_down_stays_so_and_its_revision_is_free(night: SignedElection, decision: str, code: str) -> None:
    """Promise: the sender is told who and why; the same bytes are answered so again; another id may be sent."""
    content = json.dumps(declared(**NOT_MOST_VOTES)).encode()
    place = night.post(OFFICER, content).hold or 0
    night.post(SECOND, confirmation("decide", place, decision, "The paper says otherwise"))
    told_then = night.receipts[-1]
    assert (told_then.status, codes(told_then.reasons), told_then.event_id) == ("refused", [code], "declared-1")
    again = night.post(OFFICER, content)
    assert (again.status, codes(again.reasons), again.decided) == ("refused", [code], told_then.decided)
    assert night.post(OFFICER, declared("declared-2")).status == "accepted"


def test_a_higher_revision_closes_a_hold(night: SignedElection) -> None:
    """Promise: what is held reserves its revision, and is overtaken by a higher one that is accepted."""
    content = json.dumps(declared(**NOT_MOST_VOTES)).encode()
    night.post(OFFICER, content)
    assert night.post(OFFICER, declared("declared-2", revision=2)).status == "accepted"
    again = night.post(OFFICER, content)
    assert (again.status, codes(again.reasons)) == ("refused", ["hold.superseded"])


def test_others_elected_than_those_with_most_votes_is_another_declaration(night: SignedElection) -> None:
    """Promise: the same votes with another winner are no repeat of what was confirmed."""
    night.post(SECOND, confirmation("confirm", night.hold()))
    assert codes(night.post(OFFICER, declared("declared-2")).reasons) == ["revision.conflict"]


def test_a_withdrawal_is_never_held(night: SignedElection) -> None:
    """Promise: to take a figure down is the safe direction, the desk's too."""
    night.post(OFFICER, declared())
    gone = {"kind": "withdrawn", "reason": "Published in error", "votes": None, "elected": None}
    figures = {"rejected": None, "papers": None}
    assert night.post(DESK, declared("gone", revision=2, **gone, **figures)).status == "accepted"


def test_a_restored_election_takes_what_is_held_from_its_sender_again(night: SignedElection) -> None:
    """Promise: where a restore has lost what was held, the same bytes bring it back, and it can be confirmed."""
    content = json.dumps(declared(**NOT_MOST_VOTES)).encode()
    place = night.post(OFFICER, content).hold or 0
    night.intake.held.clear()
    again = night.post(OFFICER, content)
    assert (again.status, again.hold) == ("held", place)
    assert night.post(SECOND, confirmation("confirm", place)).status == "accepted"


def test_two_entries_are_compared_blindly(night: SignedElection) -> None:
    """Promise: the first waits; where two differ both are told where, and neither is told the other's figure."""
    first = night.post(CLERK, entered("entry-1"))
    assert (first.status, first.entered and first.entered.agrees) == ("entered", None)
    votes = {"votes": {"ann-example": 20_000, "bob-sample": 29_999, "cay-specimen": 5_001}}
    second = night.post(OTHER_CLERK, entered("entry-2", **votes))
    expected = ("data.votes.bob-sample", "data.votes.cay-specimen")
    assert second.entered is not None
    assert (second.entered.agrees, second.entered.differences, second.entered.other) == (False, expected, None)
    to_first = night.receipts[-1]
    assert (to_first.event_id, to_first.entered) == ("entry-1", second.entered)
    mended = night.post(OTHER_CLERK, entered("entry-3"))
    assert mended.entered is not None
    assert (mended.entered.agrees, mended.entered.other) == (True, first.digest)
    assert night.types == []


def test_a_repeat_of_older_figures_changes_nothing(night: SignedElection) -> None:
    """Promise: of what one person types the latest counts, by its own time; repeats of older ones are harmless."""
    votes = {"votes": {"ann-example": 20_000, "bob-sample": 29_999, "cay-specimen": 5_001}}
    older = entered("entry-1", **votes)
    night.post(CLERK, older)
    later = night.post(CLERK, entered("entry-2") | {"time": instant(START_MS + 60_000)})
    mine = night.post(OTHER_CLERK, entered("entry-3"))
    again = night.post(CLERK, older)
    assert (again.status, again.entered and again.entered.agrees) == ("entered", True)
    receipt = night.post(SECOND, declared(entries=[str(later.digest), str(mine.digest)]))
    assert receipt.status == "accepted", receipt.reasons


def test_entries_reach_the_ledger_with_the_declaration_that_cites_them(night: SignedElection) -> None:
    """Promise: a second person declares what two others have typed; nothing of it is published before."""
    digests = [str(night.post(who, entered(f"by-{who.name}")).digest) for who in (CLERK, OTHER_CLERK)]
    receipt = night.post(SECOND, declared(entries=digests))
    assert (receipt.status, receipt.ledger_sequence) == ("accepted", len(night.ledger))
    assert night.types == ["entry", "entry", "declaration"]
    assert [split(entry)[1]["person"] for entry in night.ledger[-3:]] == [CLERK.name, OTHER_CLERK.name, SECOND.name]


def test_entries_that_an_earlier_build_has_stored_are_cited(night: SignedElection) -> None:
    """Promise: an upgrade in the night loses nothing that was typed: an earlier build has stored no digests of it."""
    digests = [str(night.post(who, entered(f"by-{who.name}")).digest) for who in (CLERK, OTHER_CLERK)]
    (typed,) = night.intake.entries.values()
    typed.update({person: replace(entry, figures="") for person, entry in typed.items()})
    assert night.post(SECOND, declared(entries=digests)).status == "accepted"
    again = night.post(CLERK, entered(f"by-{CLERK.name}"))
    assert (again.status, again.ledger_sequence) == ("duplicate", len(night.ledger) - 2)


def test_who_has_typed_the_figures_does_not_confirm_them(night: SignedElection) -> None:
    """Promise: a confirmation is by another person than the sender and the typists."""
    figures = NOT_MOST_VOTES
    digests = [str(night.post(who, entered(f"by-{who.name}", **figures)).digest) for who in (CLERK, SECOND)]
    place = night.post(OFFICER, declared(entries=digests, **figures)).hold or 0
    assert codes(night.post(SECOND, confirmation("confirm", place)).reasons) == ["confirmation.own"]
    assert night.post(DESK, confirmation("desk", place)).status == "accepted"
    assert night.types == ["hold", "confirmation", "entry", "entry", "declaration"]


def test_what_a_held_declaration_cites_is_not_typed_anew(night: SignedElection) -> None:
    """Promise: no typist can take away what waits for a decision; after a restore the same entries are taken again."""
    typed = {who.name: entered(f"by-{who.name}", **NOT_MOST_VOTES) for who in (CLERK, OTHER_CLERK)}
    digests = [str(night.post(who, typed[who.name]).digest) for who in (CLERK, OTHER_CLERK)]
    place = night.post(OFFICER, declared(entries=digests, **NOT_MOST_VOTES)).hold or 0
    assert codes(night.post(CLERK, entered("anew", **OTHER_VOTES, elected=None)).reasons) == ["revision.held"]
    night.intake.entries.clear()
    for who in (CLERK, OTHER_CLERK):
        assert night.post(who, typed[who.name]).status == "entered"
    assert night.post(SECOND, confirmation("confirm", place)).status == "accepted"


def test_nobody_fills_the_server_with_entries(night: SignedElection) -> None:
    """Promise: figures are typed of revisions that may be declared, and of no others."""
    assert codes(night.post(CLERK, entered("far", revision=12)).reasons) == ["revision.too_far_ahead"]


def test_a_key_is_replaced_by_the_next_one(night: SignedElection) -> None:
    """Promise: two keys of a person are valid at a time; the operator's is replaced by what the old one has signed."""
    new = Person("operator-2030")
    assert night.post(STRANGER, enrolment(new, "operator", None)).status == "refused"
    assert night.post(OPERATOR, enrolment(new, "operator", None, person=OPERATOR.name)).status == "accepted"
    assert night.post(new, retire(OPERATOR)).status == "accepted"
    assert codes(night.post(OPERATOR, enrolment(STRANGER, "clerk", None)).reasons) == ["key.retired"]
    assert night.post(new, enrolment(STRANGER, "clerk", None)).status == "accepted"


def test_a_register_is_signed_with_the_key_that_it_names() -> None:
    """Promise: nobody else's signature loads a register that asks for signatures, and none at all does."""
    night = SignedElection(loaded=False)
    assert codes(night.post(STRANGER, register_message()).reasons) == ["signature.unknown_key"]
    assert codes(night.post(None, register_message()).reasons) == ["signature.missing"]
    assert night.post(OPERATOR, register_message()).status == "accepted"


def test_where_nobody_asks_for_signatures_nothing_changes() -> None:
    """Promise: such an election works unsigned; a receipt says so, and a signature is not looked at."""
    night = SignedElection(loaded=False)
    night.post(None, register_message(signatures="none", operator_key=None))
    receipt = night.post(None, synthetic_declaration(), "no signature")
    assert (receipt.status, receipt.signed, receipt.person) == ("accepted", False, None)
    assert "signature" not in split(night.ledger[-1])[1]
    assert night.intake.register == synthetic_register()


def everything() -> SignedElection:
    """Return an election in which everything has happened once."""
    night = SignedElection()
    digests = [str(night.post(who, entered(f"by-{who.name}")).digest) for who in (CLERK, OTHER_CLERK)]
    night.post(SECOND, declared(entries=digests))
    night.post(SECOND, confirmation("1", night.hold("held-2", revision=2), "confirm"))
    night.post(SECOND, confirmation("2", night.hold("held-3", revision=3), "reject", "Two figures were swapped"))
    night.post(SECOND, confirmation("3", night.hold("held-4", revision=3), "return", "Two figures were swapped"))
    night.hold("held-5", revision=3)
    night.post(OFFICER, declared("declared-4", revision=4, **OTHER_VOTES))
    night.hold("held-6", revision=5)
    night.post(OPERATOR, retire(SYSTEM))
    night.post(STRANGER, declared())
    return night


def test_an_election_is_read_again_from_its_ledger() -> None:
    """Promise: keys, holds, identities and revisions follow from the ledger; what waits unpublished does not."""
    night = everything()
    replay, entries = IngestReplay(ELECTION), [Entry(f"{n}-0", {b"data": e}) for n, e in enumerate(night.ledger, 1)]
    grown = replay.fold(entries)
    followed = {name: fields for name, fields in night.tables.items() if name not in (*PRIVATE, REFUSED)}
    assert grown | replay.tables == followed
    assert len(followed[KEYS]) == len(ENROLLED) + 1


def test_a_restarted_ingest_goes_on_as_the_one_before() -> None:
    """Promise: its stored tables are all that it knows: with them alone, every entry is judged the same."""
    night = everything()
    restored = Intake(ELECTION)
    for table in WIRING.tables:
        for field, value in night.tables[table.name].items():
            table.load(restored, field, value)
    for name, value in vars(night.intake).items():
        assert getattr(restored, name) == value, name
