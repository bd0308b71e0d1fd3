"""What can be wrong with an election pack: every fault, by file, path and reason.

What the services would refuse is a fault, and they are asked: each line of the declarations, and a register that
passes its schema, is examined by the rule of the service ``ingest``.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from pydantic import ValidationError

from schemas.events import DeclarationEvent, LedgerEvent, RegisterEvent, type_name
from schemas.register import Register
from schemas.wire import moment
from services.ingest.rules.examining import Invalid, examine
from services.ingest.rules.intake import Intake, Taken, event_key
from services.ingest.rules.meaning import meaning
from services.ingest.rules.messages import accept, against
from services.ingest.rules.reasons.faults import Fault, reasons_for
from tallywire.packs.contradictions import contradictions
from tallywire.packs.pack_fault import PackFault
from tallywire.packs.plain_json import JsonError, dotted, read_json, repeated_keys
from tallywire.packs.references import unknown_references
from tallywire.packs.times import (
    before_the_poll,
    day_of,
    in_force_after_the_poll,
    not_on_the_night,
    polling_day,
    won_after_the_poll,
)

REGISTER: Final = "register.json"
"""The file with the election before the night."""

DECLARATIONS: Final = "declarations.jsonl"
"""The file with what was declared, and how the register was amended meanwhile, one event a line."""


def check_register(raw: bytes, folder: str) -> tuple[Register | None, tuple[PackFault, ...]]:
    """Return the register written in ``raw``, unless it breaks the schema, and every fault of it.

    ``folder`` is the name of the folder it lies in, which has to be the election's id.
    """
    try:
        value = read_json(raw)
    except JsonError as error:
        return None, (PackFault(REGISTER, "", str(error)),)
    faults = [PackFault(REGISTER, dotted(steps), "is written more than once") for steps in repeated_keys(value)]
    references = [PackFault(REGISTER, dotted(steps), reason) for steps, reason in unknown_references(value)]
    register = None
    try:
        register = Register.model_validate_json(raw)
    except ValidationError as error:
        faults.extend(_schema_faults(error, REGISTER, without="unknown_reference" if references else None))
    faults.extend(references)
    election = _mapping(value).get("election")
    if isinstance(election, str) and election != folder:
        reason = f"is {election}, but the folder is named {folder}: a pack's folder has the election's id"
        faults.append(PackFault(REGISTER, "election", reason))
    if register is not None and not faults:
        faults.extend(_refusal(register, value))
    if register is not None:
        faults.extend(_undescribed_seats(register))
        faults.extend(contradictions(register, REGISTER))
        faults.extend(_impossible_days(register))
    return register, tuple(faults)


def usable_part(raw: bytes, faults: Sequence[PackFault]) -> tuple[Register | None, frozenset[str]]:
    """Return a register without the contests that have faults, to check lines of the others by, and those contests.

    None where what is wrong is not in its contests alone.
    """
    try:
        value = _mapping(read_json(raw))
    except JsonError:
        return None, frozenset()
    paths = [fault.path for fault in faults]
    contests = _mapping(value.get("contests"))
    broken = frozenset(key for key in contests if any(f"{path}.".startswith(f"contests.{key}.") for path in paths))
    sound = {key: _mapping(contest) for key, contest in contests.items() if key not in broken}
    # Without some of their contests bodies have other seats.
    part = value | {"contests": {key: contest | {"body": None} for key, contest in sound.items()}, "bodies": {}}
    try:
        return Register.model_validate_json(json.dumps(part)), broken
    except ValidationError:
        return None, frozenset()


def check_declarations(
    lines: Sequence[bytes], election: str, register: Register | None, left_out: Collection[str] = ()
) -> Iterator[PackFault]:
    """Yield every fault of the recorded lines: what ``ingest`` would refuse, and times that cannot be.

    Without a usable register, what only a register can tell is left out; so it is of the contests ``left_out``.
    """
    intake = Intake(election)
    if register is not None:
        # Lines amend it, and the caller's stays as it is.
        intake.keep_register("election", register.head())
        for ballot_id, contest in register.contests.items():
            intake.keep_contest(ballot_id, contest)
    times = _Times(polling_day(election))
    for number, line in enumerate(lines, start=1):
        file = f"{DECLARATIONS}:{number}"
        examined = examine({b"data": line}, election, intake.register, intake.local_counts)
        unlisted = isinstance(examined, Invalid) and examined.subject in left_out
        if unlisted:
            examined = examine({b"data": line}, election, None)
        if isinstance(examined, Invalid):
            known = register is not None and not unlisted
            told = (reason for reason in examined.reasons if known or reason.code != "register.not_loaded")
            yield from (PackFault(file, reason.path, reason.message) for reason in told)
        elif register is not None:
            earlier = intake.taken.get(event_key(examined.source, examined.event_id))
            if earlier is None:
                yield from _accept(intake, examined.event, number)
                yield from (PackFault(file, *fault) for fault in times.check(examined.event, number))
            elif earlier.digest != meaning(examined.event):
                line_before = earlier.ledger_sequence
                reason = f"{examined.event_id} is the id of line {line_before} too, which says something else"
                yield PackFault(file, "id", reason)


def _accept(intake: Intake, event: LedgerEvent, number: int) -> Iterator[PackFault]:
    """Remember what is on a line, or yield what stands against it. Lines are counted where ingest counts entries."""
    match accept(intake, event, number):
        case Fault(facts=facts) as conflict:
            reason = reasons_for([conflict])[0]
            first = f" The first is on line {facts['first']}." if "first" in facts else ""
            yield PackFault(f"{DECLARATIONS}:{number}", reason.path, reason.message + first)
        case Taken():
            pass
        case remembered:
            standing = list(against(intake, event))
            for reason in reasons_for(standing) if standing else ():
                yield PackFault(f"{DECLARATIONS}:{number}", reason.path, reason.message)
            for one in remembered if not standing else ():
                intake.keep(one)


@dataclass(slots=True)
class _Times:
    """The times of lines so far."""

    polled: date | None
    """Polling day."""
    latest: tuple[datetime, int] | None = None
    """The latest time of declaration, and its line."""
    declared: dict[str, dict[int, tuple[datetime, int]]] = field(default_factory=dict)
    """Times of declaration by contest and revision, and their lines."""

    def check(self, event: LedgerEvent, number: int) -> Iterator[tuple[str, str]]:
        """Yield the path and the reason of each time of a line that cannot be, and remember its own."""
        if not isinstance(event, DeclarationEvent):
            return
        said = event.data
        before = self.declared.setdefault(said.ballot_id, {})
        for revision, (declared_at, line) in before.items():
            if event.time is not None and revision < said.revision and moment(event.time) < declared_at:
                yield "time", f"is earlier than what it corrects was declared, on line {line}"
        if said.declared_at is None:
            return
        declared_at = moment(said.declared_at)
        before[said.revision] = declared_at, number
        if said.kind in _AFTER_THE_POLL and (reason := not_on_the_night(said.declared_at, self.polled)):
            yield "data.declared_at", reason
        elif self.latest is not None and declared_at < self.latest[0]:
            yield "data.declared_at", f"is earlier than on line {self.latest[1]}: lines are in order of declaration"
        else:
            self.latest = declared_at, number


_AFTER_THE_POLL: Final = frozenset({"declared", "flash", "progress", "stage", "recount"})
"""Kinds of declaration that there cannot be before anybody has voted."""


def _impossible_days(register: Register) -> Iterator[PackFault]:
    """Yield days of a register that do not exist, or cannot be in their order."""
    polled = polling_day(register.election)
    for ballot_id, contest in register.contests.items():
        way: tuple[str, str] = ("contests", ballot_id)
        if contest.boundary_date is not None and day_of(contest.boundary_date) is None:
            reason = f"is {contest.boundary_date}, a day that does not exist"
            yield PackFault(REGISTER, dotted((*way, "boundary_date")), reason)
        elif contest.boundary_date and (reason := in_force_after_the_poll(contest.boundary_date, polled)):
            yield PackFault(REGISTER, dotted((*way, "boundary_date")), reason)
        if contest.expected_at is not None and (reason := before_the_poll(contest.expected_at, polled)):
            yield PackFault(REGISTER, dotted((*way, "expected_at")), reason)
        for place, winner in enumerate(contest.past_winners or ()):
            if reason := won_after_the_poll(winner.year, polled):
                yield PackFault(REGISTER, dotted((*way, "past_winners", place, "year")), reason)


def _schema_faults(error: ValidationError, file: str, without: str | None = None) -> Iterator[PackFault]:
    """Yield each thing that breaks the schema, but those of the type ``without``."""
    for detail in error.errors(include_url=False, include_context=False):
        if detail["type"] == without:
            continue
        steps = detail["loc"]
        key = "[key]"  # how pydantic says that a key, not its value, is wrong
        reason = f"{detail['msg'][:1].lower()}{detail['msg'][1:]}"
        if steps and steps[-1] == key:
            yield PackFault(file, dotted(steps[:-1]), f"is not a usable key: {reason}")
        else:
            yield PackFault(file, dotted(steps), reason)


def _refusal(register: Register, value: object) -> Iterator[PackFault]:
    """Yield why the service ``ingest`` would refuse a register that its schema allows."""
    event = {
        "specversion": "1.0",
        "id": "pack",
        "source": "/tallywire/pack-check",
        "type": type_name(RegisterEvent),
        "subject": register.election,
        "test": register.test,
        "data": value,
    }
    sent = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    examined = examine({b"data": sent}, register.election, None)
    for reason in examined.reasons if isinstance(examined, Invalid) else ():
        yield PackFault(REGISTER, reason.path.removeprefix("data").removeprefix("."), reason.message)


def _undescribed_seats(register: Register) -> Iterator[PackFault]:
    """Yield the bodies some of whose seats nobody described: ``ingest`` takes them, but control may never be known."""
    for slug, body in register.bodies.items():
        described = register.described_seats(slug)
        if described < body.seats:
            reason = (
                f"is {body.seats:,}, but {described:,} are described: up, not up or vacant. Describe the others in "
                "not_up, by party, or in vacant; as it is, nobody can say who has control"
            )
            yield PackFault(REGISTER, f"bodies.{slug}.seats", reason)


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
