"""One entry of the declarations stream: an event that can be true, or everything that keeps it from being one."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, Final

from pydantic import ValidationError

from schemas.events import OURS, SENT, RegisterEvent, SendableEvent, data_model, type_name
from schemas.register import Contest, Register
from schemas.wire import NAME_LENGTH_MAX, has_invisible_character
from services.ingest.rules.checks.contest import contest_of
from services.ingest.rules.checks.rehearsal import check_meant
from services.ingest.rules.event.crowding import FEWEST_TOO_MANY, check_crowding
from services.ingest.rules.event.decoding import read
from services.ingest.rules.event.extensions import check_extensions, extensions
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.event.room import room_for
from services.ingest.rules.event.schema_faults import invisible_characters, missing, schema_fault, violations
from services.ingest.rules.limits import FAULTS_MAX, REASONS_MAX
from services.ingest.rules.meaning import register_meaning
from services.ingest.rules.messages import BYTES_BY_TYPE, MESSAGES
from services.ingest.rules.reasons.faults import Fault, Reasons, fault, reasons_for
from services.ingest.rules.reasons.wording import Loc

_NOTHING: Final[frozenset[Loc]] = frozenset()
_REGISTER: Final = type_name(RegisterEvent)
_UNTOLD: Final = fault("field.not_understood")

_ENVELOPE: Final = frozenset({"specversion", "type", "source", "subject", "data"})

_FIELDS_ALIKE_MIN: Final = 2
"""An event of unknown type is like a message with which it shares so many fields of ``data``, and more than with any
other."""


@dataclass(frozen=True, slots=True)
class Valid:
    """An event in which no fault was found."""

    event: SendableEvent

    @property
    def reasons(self) -> tuple[()]:
        """Nothing is wrong with it."""
        return ()

    @property
    def event_id(self) -> str:
        """The sender's event id."""
        return self.event.id

    @property
    def source(self) -> str:
        """The sender."""
        return self.event.source

    @property
    def subject(self) -> str:
        """What it is about: a ballot id, for a register the election."""
        return self.event.subject

    @property
    def revision(self) -> int | None:
        """The revision of a declaration."""
        return getattr(self.event.data, "revision", None)


@dataclass(frozen=True, slots=True)
class Invalid:
    """An entry that is no event which could be accepted."""

    reasons: Reasons
    """Everything that is wrong with it."""
    event_id: str | None = None
    """The sender's event id, where it could be read."""
    source: str | None = None
    """The sender, where it could be read."""
    subject: str | None = None
    """What it is about, where it could be read: a ballot id, for a register the election."""
    event: SendableEvent | None = None
    """The event, where all that is wrong with it is that it cannot be true of its election as that is now."""
    says: str | None = None
    """``register_meaning`` of a second register, which is not read further."""

    @property
    def revision(self) -> int | None:
        """The revision of a declaration, in the first case."""
        return None if self.event is None else getattr(self.event.data, "revision", None)


Examined = Valid | Invalid
"""What an entry turned out to be."""


def examine(fields: Mapping[bytes, bytes], election: str, register: Register | None, local_counts: int = 0) -> Examined:
    """Say what an entry is; anything at all may be in it.

    Args:
        fields: the entry's fields, as they came.
        election: id of the election whose stream it came on.
        register: the election's register as amended so far; None before it is loaded.
        local_counts: how many the contest with most of them can have (``Intake.local_counts``).
    """
    event, faults = read(fields, BYTES_BY_TYPE, room_for(local_counts))
    if event is None:
        return Invalid(reasons_for(faults))
    known, contest = _type_of(event), contest_of(event, register)
    # No part of a message has more members than the whole has commas.
    may_be_crowded = known != _REGISTER and fields[b"data"].count(b",") >= FEWEST_TOO_MANY
    if passed_over := _passed_over(event, faults, register, contest, may_be_crowded=may_be_crowded):
        return passed_over
    model = SENT[known or next(iter(SENT))]
    parsed: SendableEvent | None = None
    unread = _NOTHING
    try:
        parsed = model.model_validate(event)
    except ValidationError as error:
        if error.error_count() > FAULTS_MAX:
            return _too_many_faults(event)
        found, unread = _schema_faults(error, event, model, contest, within_data=known is not None)
        faults += found
    extra = extensions(event)
    if parsed is not None and (parsed.datacontenttype or parsed.dataschema or extra):
        # The texts that the schema does not search for what cannot be seen.
        unsearched = {name: event[name] for name in ("datacontenttype", "dataschema", *extra) if name in event}
        # An extension that is no text is refused for that: whatever is in it is not searched.
        plain = {name: value if isinstance(value, str) else None for name, value in unsearched.items()}
        faults += invisible_characters(plain).values()
    faults += _check_envelope(event)
    if extra:
        faults += check_extensions(event, extra, model)
    sound = None if faults else parsed
    if known is not None:
        faults += check_meant(Readable(event, unread), election)
        faults += islice(MESSAGES[known].check(Readable(event, unread), election, register), FAULTS_MAX + 1)
    if len(faults) > FAULTS_MAX:
        return _too_many_faults(event)
    if sound is None or faults:
        return replace(_invalid(event, faults), event=sound)
    return Valid(sound)


def _passed_over(
    event: Mapping[str, Any],
    faults: list[Fault],
    register: Register | None,
    contest: Contest | None,
    *,
    may_be_crowded: bool,
) -> Invalid | None:
    """Say what is wrong with an event that is not looked into: none at all, a second register, a crowded message."""
    if "ballot_id" in event and _ENVELOPE.isdisjoint(event):
        return _invalid({"data": event}, [*faults, fault("entry.no_envelope")])
    if register is not None and event.get("type") == _REGISTER:
        return _second_register(event, faults, register)
    if may_be_crowded and (crowded := list(check_crowding(event, contest))):
        return _invalid(event, [*faults, *crowded, *_check_envelope(event)])
    return None


def _second_register(event: Mapping[str, Any], faults: list[Fault], loaded: Register) -> Invalid:
    """Say what a register is where one is loaded, without validating what it describes.

    It may have megabytes, and to validate them takes seconds. Whether it says what the first one said is looked into
    where it describes the same contests.
    """
    data, says = _data(event), None
    contests = data.get("contests")
    if not faults and isinstance(contests, dict) and contests.keys() == loaded.contests.keys():
        with suppress(ValueError, AttributeError):
            says = register_meaning(str(event.get("subject")), data, test=event.get("test") is True)
    return replace(_invalid(event, [*faults, fault("register.already_loaded", "data")]), says=says)


def _too_many_faults(event: Mapping[str, Any]) -> Invalid:
    return _invalid(event, [fault("entry.too_many_faults", limit=f"{FAULTS_MAX:,}")])


def _invalid(event: Mapping[str, Any], faults: list[Fault]) -> Invalid:
    return Invalid(
        reasons_for(faults),
        event_id=_readable_name(event.get("id")),
        source=_readable_name(event.get("source")),
        subject=_readable_name(event.get("subject")) or _readable_name(_data(event).get("ballot_id")),
    )


def _type_of(event: Mapping[str, Any]) -> str | None:
    """Return the type that the event has or, where that is unknown, looks like; None where it is like no message."""
    stated = event.get("type")
    if isinstance(stated, str) and stated in SENT:
        return stated
    names = _data(event).keys()
    alike = {name: len(names & data_model(model).model_fields.keys()) for name, model in SENT.items()}
    most = max(alike.values())
    likest = [name for name, number in alike.items() if number == most]
    return likest[0] if most >= _FIELDS_ALIKE_MIN and len(likest) == 1 else None


def _data(event: Mapping[str, Any]) -> dict[str, Any]:
    data = event.get("data")
    return data if isinstance(data, dict) else {}


def _readable_name(value: object) -> str | None:
    if isinstance(value, str) and 0 < len(value) <= NAME_LENGTH_MAX and not has_invisible_character(value):
        return value
    return None


def _schema_faults(
    error: ValidationError,
    event: dict[str, Any],
    model: type[SendableEvent],
    contest: Contest | None,
    *,
    within_data: bool,
) -> tuple[list[Fault], frozenset[Loc]]:
    """Return what the schema found, in our words, and where nothing can be relied on."""
    hidden = invisible_characters(event)
    names = {} if contest is None else {key: candidate.name for key, candidate in contest.candidates.items()}
    faults = list(hidden.values())
    unread = set(chain.from_iterable(map(_with_its_list, hidden)))
    for found in violations(error):
        if (names and found.names_a_candidate()) or (len(found.loc) > 1 and not within_data):
            continue
        if found.loc not in hidden and found.loc[0] not in OURS:
            # Those that nobody is told are only counted: each takes ten microseconds to put into our words.
            faults.append(schema_fault(found, model, names) if len(faults) < REASONS_MAX else _UNTOLD)
        unread.update(_with_its_list(found.loc))
    return faults, frozenset(unread)


def _with_its_list(loc: Loc) -> tuple[Loc, ...]:
    """Return a location and, since a list with one item that cannot be read is not relied on, the list it is in."""
    return (loc, loc[:-1]) if isinstance(loc[-1], int) else (loc,)


def _check_envelope(event: Mapping[str, Any]) -> Iterator[Fault]:
    """Check what the schema leaves open: it also describes what is on the ledger, and knows defaults."""
    for name in ("specversion", "type"):
        if name not in event:
            yield missing(name)
    for name in OURS:
        if name in event:
            yield fault(f"{name}.not_yours", name)
