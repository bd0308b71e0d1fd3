"""What somebody might try in an election that asks for signatures: it is refused, or noticed on the ledger."""

import json
from collections.abc import Sequence
from typing import Final

import pytest

from schemas.signatures import encode, header_of, read_public_key, thumbprint
from services.ingest.rules.judging import instant
from streams.fold import Entry
from streams.ledger_tail import append, split
from tallywire.evidence.difference import Difference
from tallywire.evidence.replay import IngestReplay
from tests.services.ingest.signed_election import (
    CLERK,
    DESK,
    NOT_MOST_VOTES,
    OFFICER,
    OPERATOR,
    OTHER_CLERK,
    SECOND,
    START_MS,
    STRANGER,
    Person,
    SignedElection,
    confirmation,
    declared,
    enrolment,
    entered,
)
from tests.services.ingest.signed_refusals import OTHER_VOTES, retire
from tests.services.ingest.test_signed import codes
from tests.services.registers import ELECTION

POINTS_OF_SMALL_ORDER: Final = (
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
)
"""As libsodium lists them, those that are not canonical among them."""


@pytest.fixture
def night() -> SignedElection:
    """An election with the people of ``ENROLLED``."""
    return SignedElection()


def read_again(ledger: Sequence[bytes]) -> None:
    """Read a ledger again as ``tallywire verify`` does.

    Raises:
        Difference: ingest cannot have written it.
    """
    IngestReplay(ELECTION).fold([Entry(f"{place}-0", {b"data": each}) for place, each in enumerate(ledger, 1)])


def forged(who: Person, event: object, place: int, **attributes: str) -> bytes:
    """Return a ledger entry that nobody has judged."""
    sent = json.dumps(event).encode()
    signed = {"acceptedtime": instant(START_MS), "signature": who.sign(sent), "person": who.name}
    return append(sent, signed | attributes | {"sequence": place})


@pytest.mark.parametrize("point", POINTS_OF_SMALL_ORDER)
def test_a_key_with_which_anybody_could_sign_is_none(night: SignedElection, point: str) -> None:
    """Promise: a point of small order, for which a signature can be written without a private key, is no key."""
    raw = bytes.fromhex(point)
    assert read_public_key(encode(raw)) is None
    weak = STRANGER
    enrolled = enrolment(weak, "returning-officer", None, public_key=encode(raw), key_id=thumbprint(raw))
    refused = night.post(OPERATOR, enrolled | {"subject": thumbprint(raw)})
    assert codes(refused.reasons) == ["key.no_key"]
    anybody = f"{header_of(thumbprint(raw))}..{encode(bytes([1]) + bytes(63))}"
    assert night.post(None, declared(), anybody).status == "refused"


def test_no_moment_breaks_the_rule(night: SignedElection) -> None:
    """Promise: a time that is before the year 1 or after 9999 once in UTC is refused as one that does not exist."""
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        refused = night.post(OFFICER, declared(declared_at=moment))
        assert codes(refused.reasons) == ["declared_at.no_such_moment"]


def test_an_id_of_typed_figures_is_used_up(night: SignedElection) -> None:
    """Promise: what was answered as taken is never answered otherwise: no entry takes its id when it is cited."""
    first = night.post(OFFICER, entered("one-id"))
    other = night.post(CLERK, entered("by-clerk"))
    content = json.dumps(declared("one-id", revision=2)).encode()
    assert codes(night.post(OFFICER, content).reasons) == ["id.reused"]
    assert codes(night.post(OFFICER, entered("one-id", revision=2)).reasons) == ["id.reused"]
    assert night.post(OFFICER, entered("one-id", **OTHER_VOTES, elected=None)).status == "entered"
    assert night.post(OFFICER, entered("two")).digest != first.digest
    assert night.post(OFFICER, content).status == "accepted"
    assert other.status == "entered"


def test_typed_figures_are_answered_again_whatever_has_become_of_the_key(night: SignedElection) -> None:
    """Promise: the same bytes again are answered for hours; they stay as of when they came, and tell nobody twice."""
    content = json.dumps(entered("by-clerk")).encode()
    first = night.post(CLERK, content)
    night.post(OTHER_CLERK, entered("by-other", **OTHER_VOTES, elected=None))
    told = len(night.receipts)
    night.post(OPERATOR, retire(CLERK))
    again = night.post(CLERK, content, later_s=86_400)
    assert (again.status, again.digest, again.entered and again.entered.agrees) == ("entered", first.digest, False)
    assert len(night.receipts) == told + 2
    other = night.post(OTHER_CLERK, entered("by-other-again"))
    assert night.post(SECOND, declared(entries=[other.digest, first.digest])).status == "accepted"
    assert split(night.ledger[-2])[1]["acceptedtime"] == instant(START_MS)
    assert split(night.ledger[-2])[1]["person"] == CLERK.name
    read_again(night.ledger)


@pytest.mark.parametrize("validity", [{"valid_until": "2030-05-02T00:00:00Z"}, {"valid_from": "2030-06-01T00:00:00Z"}])
def test_an_operator_is_always_left(night: SignedElection, validity: dict[str, str]) -> None:
    """Promise: the last key of an operator that is valid now cannot be retired: nobody could enrol another."""
    assert night.post(OPERATOR, enrolment(Person("next"), "operator", None, **validity)).status == "accepted"
    assert codes(night.post(OPERATOR, retire(OPERATOR)).reasons) == ["key.last_operator"]


def test_the_desk_may_annul_and_call_a_recount_alone(night: SignedElection) -> None:
    """Promise: only what the desk corrects waits for somebody else; that there is no result does not."""
    night.post(OFFICER, declared())
    nothing = {"votes": None, "elected": None, "rejected": None, "papers": None, "reason": "A bundle was missing"}
    assert night.post(DESK, declared("recount", revision=2, kind="recount", **nothing)).status == "accepted"
    assert night.post(DESK, declared("annulled", revision=3, kind="annulled", **nothing)).status == "accepted"


def test_what_comes_again_after_a_restore_says_why_it_is_held(night: SignedElection) -> None:
    """Promise: its receipt names what is odd, as the first one did."""
    night.post(OFFICER, declared())
    content = json.dumps(declared("changed", revision=2, **OTHER_VOTES, elected=None)).encode()
    night.post(DESK, content)
    night.intake.held.clear()
    assert codes(night.post(DESK, content).reasons) == ["desk.corrects"]


def test_who_has_to_wait_is_told_the_next_free_revision(night: SignedElection) -> None:
    """Promise: the revision that a sender is told to send is neither taken nor held."""
    for revision in (1, 2, 3):
        night.hold(f"held-{revision}", revision=revision)
    for who, event in ((OFFICER, declared("declared")), (CLERK, entered("entered"))):
        [reason] = night.post(who, event).reasons
        assert reason.code == "revision.held"
        assert reason.message.endswith("send revision 4.")


def test_the_sender_of_what_was_overtaken_is_told(night: SignedElection) -> None:
    """Promise: who waits for a decision hears that there will be none, whoever sent the higher revision."""
    first = night.hold("first")
    night.post(OFFICER, declared("second", revision=2))
    told = night.receipts[-1]
    assert (told.event_id, told.status, codes(told.reasons), told.hold) == (
        "first",
        "refused",
        ["hold.superseded"],
        first,
    )
    night.hold("third", revision=3)
    night.post(SECOND, confirmation("confirm", night.hold("fourth", revision=4)))
    assert [receipt.event_id for receipt in night.receipts[-3:]] == ["confirm", "fourth", "third"]


def test_a_confirmed_declaration_that_does_not_stand_says_what_does(night: SignedElection) -> None:
    """Promise: the second receipt of a revision that comes late names the one that stands."""
    night.post(OFFICER, declared("second", revision=2))
    place = night.hold("first")
    night.post(DESK, confirmation("confirm", place))
    stands = night.receipts[-1].stands
    assert (night.receipts[-1].event_id, stands and stands.revision) == ("first", 2)


def test_entries_are_written_in_the_order_in_which_they_are_cited(night: SignedElection) -> None:
    """Promise: the same messages give the same ledger, after a restart too."""
    digests = [str(night.post(who, entered(f"by-{who.name}")).digest) for who in (CLERK, OTHER_CLERK)]
    night.post(SECOND, declared(entries=digests[::-1]))
    assert [split(each)[1]["person"] for each in night.ledger[-3:-1]] == [OTHER_CLERK.name, CLERK.name]


def test_nobody_confirms_their_own_on_a_ledger(night: SignedElection) -> None:
    """Promise: verifying notices a ledger on which one person has declared and confirmed."""
    place = night.hold()
    confirmed = forged(OFFICER, confirmation("confirm", place), place + 1)
    own = forged(OFFICER, declared(**NOT_MOST_VOTES), place + 2, confirmedby=OFFICER.name)
    with pytest.raises(Difference, match="has confirmed what is their own"):
        read_again([*night.ledger, confirmed, own])


def test_no_typist_confirms_on_a_ledger(night: SignedElection) -> None:
    """Promise: verifying notices a ledger on which a typist of the figures has confirmed them."""
    typed = {who: entered(f"by-{who.name}", **NOT_MOST_VOTES) for who in (CLERK, SECOND)}
    digests = [str(night.post(who, event).digest) for who, event in typed.items()]
    event = declared(entries=digests, **NOT_MOST_VOTES)
    place = night.post(OFFICER, event).hold or 0
    behind = [(CLERK, typed[CLERK], {}), (SECOND, typed[SECOND], {}), (OFFICER, event, {"confirmedby": SECOND.name})]
    ledger = [*night.ledger, forged(SECOND, confirmation("confirm", place), place + 1)]
    ledger += [forged(who, each, place + 2 + at, **more) for at, (who, each, more) in enumerate(behind)]
    with pytest.raises(Difference, match="has confirmed what is their own"):
        read_again(ledger)


def test_a_ledger_has_the_entries_that_its_declarations_cite(night: SignedElection) -> None:
    """Promise: verifying notices a declaration that cites entries which are not before it, or not two people's."""
    nothing = forged(SECOND, declared(entries=["0" * 64, "1" * 64]), len(night.ledger) + 1)
    with pytest.raises(Difference, match="not two people's"):
        read_again([*night.ledger, nothing])
    one = [forged(CLERK, entered(f"entry-{n}"), len(night.ledger) + 1 + n) for n in range(2)]
    digests = [night.post(CLERK, entered(f"entry-{n}")).digest for n in range(2)]
    cites = forged(SECOND, declared(entries=digests), len(night.ledger) + 3)
    with pytest.raises(Difference, match="not two people's"):
        read_again([*night.ledger, *one, cites])


def test_what_was_held_is_confirmed_on_a_ledger(night: SignedElection) -> None:
    """Promise: verifying notices that a confirmation was taken away, or given to somebody who did not decide."""
    night.post(SECOND, confirmation("confirm", night.hold()))
    sent, attributes = split(night.ledger[-1])
    without = {name: value for name, value in attributes.items() if name != "confirmedby"}
    for altered in (without, attributes | {"confirmedby": DESK.name}):
        with pytest.raises(Difference, match="confirmed it"):
            read_again([*night.ledger[:-1], append(sent, altered)])


def test_a_correction_by_the_desk_is_confirmed_on_a_ledger(night: SignedElection) -> None:
    """Promise: verifying notices a correction by the desk that went round its hold."""
    night.post(OFFICER, declared())
    alone = forged(DESK, declared("desk", revision=2, **OTHER_VOTES, elected=None), len(night.ledger) + 1)
    with pytest.raises(Difference, match="nobody has confirmed it"):
        read_again([*night.ledger, alone])


def test_a_hold_on_a_ledger_is_as_ingest_writes_it(night: SignedElection) -> None:
    """Promise: verifying notices a hold that names somebody, has another time, or is there twice."""
    night.hold()
    sent, attributes = split(night.ledger[-1])
    for more in ({"person": DESK.name}, {"signature": "x..y"}, {"confirmedby": DESK.name}):
        with pytest.raises(Difference, match="names somebody"):
            read_again([*night.ledger[:-1], append(sent, attributes | more)])
    with pytest.raises(Difference, match="two times"):
        read_again([*night.ledger[:-1], append(sent, attributes | {"acceptedtime": "2030-05-02T09:00:00Z"})])
    with pytest.raises(Difference, match="holds the same message"):
        read_again([*night.ledger, night.ledger[-1]])
