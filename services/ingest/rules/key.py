"""A key is enrolled or retired: how that is examined, and what accepting it does."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from schemas.events import KeyEvent
from schemas.register import Register
from schemas.signatures import read_public_key, thumbprint
from schemas.wire import moment
from services.ingest.rules.checks.rehearsal import check_rehearsal
from services.ingest.rules.checks.signed_only import check_signed_only
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.intake import Intake, Remembered
from services.ingest.rules.limits import KEYS_PER_PERSON_MAX
from services.ingest.rules.reasons.examples import like
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import DidYouMean, Shown
from services.ingest.rules.signed_state import KEYS, EnrolledKey

NEEDED: Final = ("public_key", "person", "role", "mode")
"""What has to be given of a key that is enrolled."""

MODES: Final = ("a real election", "a rehearsal")
"""In words."""


def check_key(sent: Readable, election: str, register: Register | None) -> Iterator[Fault]:
    """The key is what its id says, and is for this election and its contests."""
    yield from check_signed_only(sent, election, register)
    if register is None:
        return
    yield from check_rehearsal(sent, election, rehearsed=register.test)
    key_id, subject = sent.text("data", "key_id"), sent.text("subject")
    if key_id is not None and subject is not None and subject != key_id:
        yield fault("subject.not_the_key", "subject", subject=Shown(subject), key=key_id)
    if sent.text("data", "action") == "retire":
        return
    yield from _check_enrolled(sent, election, register)
    since, until = sent.text("data", "valid_from"), sent.text("data", "valid_until")
    if since is not None and until is not None and moment(until) <= moment(since):
        yield fault("key.never_valid", "data", "valid_until", since=since, until=until)


def _check_enrolled(sent: Readable, election: str, register: Register) -> Iterator[Fault]:
    key_id = sent.text("data", "key_id")
    data = sent.members("data")
    for name in NEEDED:
        if data.get(name) is None:
            yield fault("key.missing", "data", name, like=like(name))
    public_key = sent.text("data", "public_key")
    if public_key is not None and key_id is not None:
        raw = read_public_key(public_key)
        if raw is None:
            yield fault("key.no_key", "data", "public_key")
        elif thumbprint(raw) != key_id:
            yield fault("key.other_id", "data", "key_id")
    mode = sent.text("data", "mode")
    if mode is not None and (mode == "rehearsal") != register.test:
        is_for, other = MODES if register.test else MODES[::-1]
        yield fault("key.other_mode", "data", "mode", mode=is_for, other=other, election=election)
    contests = sent.value("data", "contests")
    if contests == []:
        yield fault("key.no_contests", "data", "contests")
    for place, ballot_id in enumerate(contests if isinstance(contests, list) else ()):
        if isinstance(ballot_id, str) and ballot_id not in register.contests:
            hint = DidYouMean(ballot_id, register.contests)
            yield fault(
                "contest.unknown", "data", "contests", place, value=Shown(ballot_id), election=election, hint=hint
            )


def accept_key(intake: Intake, event: KeyEvent, _sequence: int) -> tuple[Remembered, ...] | Fault:
    """Remember the key; a person holds two at a time at most, and one operator's key stays."""
    key, known = event.data, intake.keys.get(event.data.key_id)
    if key.action == "retire":
        return _retire(intake, key.key_id, event.acceptedtime)
    if known is not None:
        return fault("key.enrolled_already", "data", "key_id", person=known.person)
    held = [one for one in intake.keys.values() if one.person == key.person and _lasts(one, event.acceptedtime)]
    if len(held) >= KEYS_PER_PERSON_MAX:
        return fault("key.too_many", "data", "person", person=key.person, limit=KEYS_PER_PERSON_MAX)
    assert key.public_key is not None and key.person is not None and key.role is not None  # noqa: PT018, S101  # checked
    enrolled = EnrolledKey(
        key.public_key,
        key.person,
        key.role,
        key.contests,
        key.valid_from,
        key.valid_until,
        name=key.name,
        name_digest=key.name_digest,
    )
    return (Remembered(KEYS, key.key_id, enrolled),)


def _retire(intake: Intake, key_id: str, now: str | None) -> tuple[Remembered, ...] | Fault:
    known = intake.keys.get(key_id)
    if known is None:
        return fault("key.unknown", "data", "key_id")
    if known.retired:
        return fault("key.retired_already", "data", "key_id", person=known.person)
    others = (one for other, one in intake.keys.items() if other != key_id and one.role == "operator")
    if known.role == "operator" and not any(_lasts(one, now) and _begun(one, now) for one in others):
        return fault("key.last_operator", "data", "key_id")
    return (Remembered(KEYS, key_id, replace(known, retired=True)),)


def _begun(key: EnrolledKey, now: str | None) -> bool:
    return key.valid_from is None or now is None or moment(now) >= moment(key.valid_from)


def _lasts(key: EnrolledKey, now: str | None) -> bool:
    expired = key.valid_until is not None and now is not None and moment(now) >= moment(key.valid_until)
    return not key.retired and not expired
