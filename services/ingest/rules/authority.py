"""What the holder of a key may do: the table of docs/signatures.md, and whether a signed message keeps to it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal

from schemas.events import (
    AmendmentEvent,
    ClosingEvent,
    ConfirmationEvent,
    DeclarationEvent,
    EntryEvent,
    KeyEvent,
    RegisterEvent,
    SendableEvent,
)
from schemas.key import Role
from schemas.wire import moment
from services.ingest.rules.intake import Intake
from services.ingest.rules.limits import TIME_AHEAD_S_MAX, TIME_BEHIND_S_MAX
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import listed
from services.ingest.rules.signed_state import EnrolledKey

Action = Literal["enter", "declare", "recount", "withdraw", "confirm", "amend", "enrol", "close"]
Scope = Literal["own", "all"]
"""The contests that the key names, or all of them."""

ACTIONS: Final[Mapping[Action, str]] = {
    "enter": "enter figures",
    "declare": "declare or correct a result",
    "recount": "call a recount",
    "withdraw": "withdraw a declaration",
    "confirm": "decide on what is held",
    "amend": "amend the register, or postpone or annul a contest",
    "enrol": "enrol or retire keys",
    "close": "close the election, or open it again",
}
"""In words."""

ROLES: Final[Mapping[Role, str]] = {
    "clerk": "a clerk",
    "second-person": "a second person",
    "returning-officer": "a returning officer",
    "desk": "the results desk",
    "operator": "the operator",
    "service": "a council's system",
}
"""In words."""

RIGHTS: Final[Mapping[Role, Mapping[Action, Scope]]] = {
    "clerk": {"enter": "own"},
    "second-person": {"enter": "own", "declare": "own", "confirm": "own"},
    "returning-officer": {"enter": "own", "declare": "own", "recount": "own", "withdraw": "own", "confirm": "own"},
    "desk": {"declare": "all", "recount": "all", "withdraw": "all", "confirm": "all", "amend": "all"},
    "operator": {"recount": "all", "withdraw": "all", "confirm": "all", "amend": "all", "enrol": "all", "close": "all"},
    "service": {"declare": "own", "recount": "own", "withdraw": "own"},
}
"""Who may do what. A second person declares only what rests on two entries, the desk only corrects, and is held."""

_BY_KIND: Final[Mapping[str, Action]] = {
    "recount": "recount",
    "withdrawn": "withdraw",
    "postponed": "amend",
    "countermanded": "amend",
    "annulled": "amend",
}


def action_of(event: SendableEvent) -> Action:
    """Return what somebody does who sends an event."""
    match event:
        case DeclarationEvent(data=declared):
            return _BY_KIND.get(declared.kind, "declare")
        case EntryEvent():
            return "enter"
        case ConfirmationEvent():
            return "confirm"
        case KeyEvent() | RegisterEvent():
            return "enrol"
        case AmendmentEvent():
            return "amend"
        case ClosingEvent():
            return "close"


def must_be_confirmed(event: SendableEvent, key: EnrolledKey) -> bool:
    """Whether another person always has to confirm what a key's holder sends: what the results desk corrects."""
    return key.role == "desk" and action_of(event) == "declare"


def check_authority(intake: Intake, event: SendableEvent, key: EnrolledKey, time: str) -> Iterator[Fault]:
    """The key is valid now, and its holder may send this event to this election.

    Args:
        intake: what was accepted before.
        event: what was sent.
        key: the key whose signature holds.
        time: when it was read, by the server's clock.
    """
    yield from check_validity(key, time)
    if event.election is None:
        yield fault("election.missing", "election", election=intake.election)
    yield from _check_time(event, time)
    yield from _check_rights(intake, event, key)


def check_validity(key: EnrolledKey, time: str) -> Iterator[Fault]:
    """The key is neither retired, nor expired, nor for later."""
    now = moment(time)
    if key.retired:
        yield fault("key.retired", person=key.person)
    if key.valid_until is not None and now >= moment(key.valid_until):
        yield fault("key.expired", person=key.person, until=key.valid_until)
    if key.valid_from is not None and now < moment(key.valid_from):
        yield fault("key.not_yet_valid", person=key.person, since=key.valid_from)


def _check_time(event: SendableEvent, time: str) -> Iterator[Fault]:
    if event.time is None:
        yield fault("time.missing", "time")
        return
    sent, now = moment(event.time), moment(time)
    if sent > now + timedelta(seconds=TIME_AHEAD_S_MAX):
        yield fault("time.ahead", "time", sent=event.time, now=_clock(now), limit=f"{TIME_AHEAD_S_MAX // 60} minutes")
    if sent < now - timedelta(seconds=TIME_BEHIND_S_MAX):
        limit = f"{TIME_BEHIND_S_MAX // 3_600} hours"
        yield fault("time.too_old", "time", sent=event.time, now=_clock(now), limit=limit)


def _check_rights(intake: Intake, event: SendableEvent, key: EnrolledKey) -> Iterator[Fault]:
    action = action_of(event)
    scope = RIGHTS[key.role].get(action)
    if scope is None:
        who = listed(ROLES[role] for role, rights in RIGHTS.items() if action in rights)
        yield fault("key.may_not", person=key.person, role=ROLES[key.role], action=ACTIONS[action], who=who)
        return
    ballot_id = getattr(event.data, "ballot_id", None)
    if scope == "own" and key.contests is not None and ballot_id not in key.contests:
        yield fault("key.other_contest", "data", "ballot_id", person=key.person, contests=listed(key.contests))
    if not isinstance(event, DeclarationEvent) or action != "declare":
        return
    if key.role == "second-person" and event.data.entries is None:
        yield fault("entries.missing", "data", "entries", person=key.person)
    if key.role == "desk" and intake.highest(event.data.ballot_id) == 0:
        yield fault("key.corrects_only", person=key.person)


def _clock(now: datetime) -> str:
    return now.isoformat(timespec="seconds").replace("+00:00", "Z")
