"""For each reason about signatures, keys, entries and holds: how a sender comes to be told it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from schemas.receipt import Receipt
from services.ingest.rules.limits import TIME_AHEAD_S_MAX, TIME_BEHIND_S_MAX
from tests.services.ingest.signed_election import (
    CLERK,
    DESK,
    OFFICER,
    OPERATOR,
    OTHER_CLERK,
    SECOND,
    STRANGER,
    Person,
    SignedElection,
    confirmation,
    declared,
    enrolment,
    entered,
    message,
    register_message,
)
from tests.services.registers import ELECTION, SAMPLEFORD, TESTSHIRE

Scene = Callable[[SignedElection], Receipt]

WON_BY_ANN: Final[dict[str, Any]] = {
    "votes": {"ann-example": 30_000, "bob-sample": 20_000, "cay-specimen": 5_000},
    "elected": None,
}
OTHER_VOTES: Final[dict[str, Any]] = {"votes": {"ann-example": 21_000, "bob-sample": 29_000, "cay-specimen": 5_000}}


def _retired(night: SignedElection) -> Receipt:
    night.post(OPERATOR, retire(OFFICER))
    return night.post(OFFICER, declared())


def retire(person: Person, event_id: str = "retire") -> dict[str, object]:
    """Return the message that retires a key."""
    data = {"action": "retire", "key_id": person.key_id, "reason": "The phone was lost"}
    return message("key", person.key_id, data, event_id)


def _expired(night: SignedElection) -> Receipt:
    night.post(OPERATOR, enrolment(STRANGER, "returning-officer", None, valid_until="2030-05-02T02:14:00Z"))
    return night.post(STRANGER, declared(), later_s=60)


def _early(night: SignedElection) -> Receipt:
    night.post(OPERATOR, enrolment(STRANGER, "returning-officer", None, valid_from="2030-05-03T00:00:00+01:00"))
    return night.post(STRANGER, declared())


def _third_key(night: SignedElection) -> Receipt:
    night.post(OPERATOR, enrolment(STRANGER, "clerk", None, person=OFFICER.name))
    return night.post(OPERATOR, enrolment(Person("third"), "clerk", None, person=OFFICER.name))


def _retired_twice(night: SignedElection) -> Receipt:
    night.post(OPERATOR, retire(OFFICER))
    return night.post(OPERATOR, retire(OFFICER, "retire-again"))


def _second_source(night: SignedElection) -> Receipt:
    night.post(OFFICER, declared())
    return night.post(OFFICER, declared() | {"source": "/somewhere-else"})


def _typed(night: SignedElection) -> list[str]:
    return [str(night.post(who, entered(f"entry-{who.name}")).digest) for who in (CLERK, OTHER_CLERK)]


def _cites_others(night: SignedElection) -> Receipt:
    return night.post(SECOND, declared(entries=_typed(night), **OTHER_VOTES, elected=None))


def _declared_already(night: SignedElection) -> Receipt:
    night.post(OFFICER, declared())
    return night.post(CLERK, entered("entry-1"))


def _reserved(night: SignedElection) -> Receipt:
    night.hold()
    return night.post(OFFICER, declared("declared-2"))


def _own(night: SignedElection) -> Receipt:
    return night.post(OFFICER, confirmation("confirm", night.hold()))


def _ended(decision: str) -> Scene:
    def scene(night: SignedElection) -> Receipt:
        place = night.hold()
        reason = None if decision == "confirm" else "The paper says otherwise"
        night.post(SECOND, confirmation("decide", place, decision, reason))
        return night.post(DESK, confirmation("decide-again", place))

    return scene


def _superseded(night: SignedElection) -> Receipt:
    place = night.hold()
    night.post(OFFICER, declared("declared-2", revision=2))
    return night.post(SECOND, confirmation("confirm", place))


def _without_bytes(night: SignedElection) -> Receipt:
    place = night.hold()
    night.intake.held.clear()
    return night.post(SECOND, confirmation("confirm", place))


def _impossible_now(night: SignedElection) -> Receipt:
    place = night.hold()
    amendment = {"ballot_id": TESTSHIRE, "electorate": 50_000}
    night.post(OPERATOR, message("amendment", TESTSHIRE, amendment, "amended"))
    return night.post(SECOND, confirmation("confirm", place))


def _desk(night: SignedElection) -> Receipt:
    night.post(OFFICER, declared())
    return night.post(DESK, declared("desk-1", revision=2, **OTHER_VOTES))


def _changes_winner_now(night: SignedElection) -> Receipt:
    night.post(OFFICER, declared())
    place = night.post(OFFICER, declared("uncounted", revision=3, papers=58_000)).hold or 0
    changed = night.post(OFFICER, declared("changed", revision=2, **WON_BY_ANN)).hold or 0
    night.post(SECOND, confirmation("confirm", changed))
    return night.post(SECOND, confirmation("confirm-too", place))


def closing(event_id: str = "close", *, closed: bool = True, reason: str | None = None) -> dict[str, Any]:
    """Return the message that closes the election, or opens it again."""
    return message("closing", ELECTION, {"closed": closed, "reason": reason}, event_id)


def _closed(night: SignedElection) -> Receipt:
    night.post(OPERATOR, closing())
    return night.post(OFFICER, declared())


SCENES: Final[Mapping[str, Scene]] = {
    "signature.missing": lambda night: night.post(None, declared()),
    "signature.malformed": lambda night: night.post(None, declared(), "e30..AA"),
    "signature.unknown_key": lambda night: night.post(STRANGER, declared()),
    "signature.wrong": lambda night: night.post(None, declared(), OFFICER.sign(b"{}")),
    "key.retired": _retired,
    "key.expired": _expired,
    "key.not_yet_valid": _early,
    "key.other_contest": lambda night: night.post(OFFICER, declared(ballot_id=SAMPLEFORD)),
    "key.may_not": lambda night: night.post(CLERK, declared()),
    "key.corrects_only": lambda night: night.post(DESK, declared()),
    "key.missing": lambda night: night.post(OPERATOR, enrolment(STRANGER, "clerk", None, person=None)),
    "key.other_id": lambda night: night.post(OPERATOR, enrolment(STRANGER, "clerk", None, public_key=DESK.public_key)),
    "key.no_key": lambda night: night.post(OPERATOR, enrolment(STRANGER, "clerk", None, public_key="A" * 43)),
    "key.never_valid": lambda night: night.post(
        OPERATOR,
        enrolment(STRANGER, "clerk", None, valid_from="2030-05-03T00:00:00+01:00", valid_until="2030-05-02T23:00:00Z"),
    ),
    "key.no_contests": lambda night: night.post(OPERATOR, enrolment(STRANGER, "clerk", ())),
    "key.other_mode": lambda night: night.post(OPERATOR, enrolment(STRANGER, "clerk", None, mode="rehearsal")),
    "key.enrolled_already": lambda night: night.post(
        OPERATOR, enrolment(CLERK, "clerk", None) | {"id": "enrolled-again"}
    ),
    "key.too_many": _third_key,
    "key.unknown": lambda night: night.post(OPERATOR, retire(STRANGER)),
    "key.retired_already": _retired_twice,
    "election.closed": _closed,
    "election.nothing_changed": lambda night: night.post(OPERATOR, closing(closed=False, reason="By mistake")),
    "election.reopened_without_reason": lambda night: night.post(OPERATOR, closing(closed=False)),
    "key.last_operator": lambda night: night.post(OPERATOR, retire(OPERATOR)),
    "subject.not_the_key": lambda night: night.post(
        OPERATOR, enrolment(STRANGER, "clerk", None) | {"subject": "somebody"}
    ),
    "election.missing": lambda night: night.post(OFFICER, declared() | {"election": None}),
    "time.missing": lambda night: night.post(OFFICER, declared() | {"time": None}),
    "time.ahead": lambda night: night.post(OFFICER, declared(), later_s=-TIME_AHEAD_S_MAX - 1),
    "time.too_old": lambda night: night.post(OFFICER, declared(), later_s=TIME_BEHIND_S_MAX + 1),
    "id.second_source": _second_source,
    "entries.missing": lambda night: night.post(SECOND, declared()),
    "entries.not_two": lambda night: night.post(OFFICER, declared(entries=["0" * 64])),
    "entries.unknown": lambda night: night.post(OFFICER, declared(entries=["0" * 64, "1" * 64])),
    "entries.other_figures": _cites_others,
    "entry.declared_already": _declared_already,
    "revision.held": _reserved,
    "confirmation.no_reason": lambda night: night.post(SECOND, confirmation("reject", night.hold(), "reject")),
    "confirmation.own": _own,
    "hold.unknown": lambda night: night.post(SECOND, confirmation("confirm", 77)),
    "hold.confirmed": _ended("confirm"),
    "hold.rejected": _ended("reject"),
    "hold.returned": _ended("return"),
    "hold.superseded": _superseded,
    "hold.bytes_missing": _without_bytes,
    "hold.impossible_now": _impossible_now,
    "hold.changes_winner_now": _changes_winner_now,
    "desk.corrects": _desk,
    "register.no_operator_key": lambda _: SignedElection(loaded=False).post(
        OPERATOR, register_message(operator_key=None)
    ),
    "register.no_key": lambda _: SignedElection(loaded=False).post(
        OPERATOR, register_message(operator_key="A" * 42 + "_")
    ),
}
"""By code. What is held is told its reasons, too."""


def told(code: str) -> str:
    """Return the sentence with a code that the scene's sender is told."""
    receipt = SCENES[code](SignedElection())
    assert receipt.status in ("refused", "held"), receipt
    said = {reason.code: reason.message for reason in receipt.reasons}
    assert code in said, receipt
    return said[code]
