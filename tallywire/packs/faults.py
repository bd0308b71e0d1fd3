"""What can be wrong with an election pack: every fault, by file, path and reason.

What the services would refuse is a fault, and they are asked: each line of the declarations, and a register that
passes its schema, is examined by the rule of the service ``ingest``.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from schemas.events import LedgerEvent, RegisterEvent, type_name
from schemas.register import Register
from services.ingest.rules.examining import Invalid, examine
from services.ingest.rules.intake import Intake, Taken, digest, event_key
from services.ingest.rules.messages import accept
from services.ingest.rules.reasons.faults import Fault, reasons_for
from tallywire.packs.pack_fault import PackFault
from tallywire.packs.plain_json import JsonError, dotted, read_json, repeated_keys
from tallywire.packs.references import unknown_references

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
    return register, tuple(faults)


def check_declarations(lines: Sequence[bytes], election: str, register: Register | None) -> Iterator[PackFault]:
    """Yield every fault of the recorded lines: what ``ingest`` would refuse, and times out of order.

    Without a usable register, what only a register can tell is left out.
    """
    intake = Intake(election)
    if register is not None:
        # Lines amend it, and the caller's stays as it is.
        intake.register = register.head().with_contests(dict(register.contests))
        intake.contests = {ballot_id: {} for ballot_id in register.contests}
    latest: tuple[datetime, int] | None = None
    for number, line in enumerate(lines, start=1):
        file = f"{DECLARATIONS}:{number}"
        examined = examine({b"data": line}, election, intake.register)
        if isinstance(examined, Invalid):
            told = (reason for reason in examined.reasons if register or reason.code != "register.not_loaded")
            yield from (PackFault(file, reason.path, reason.message) for reason in told)
        elif register is not None:
            earlier = intake.taken.get(event_key(examined.source, examined.event_id))
            if earlier is None:
                yield from _accept(intake, examined.event, line, number)
                latest, reason = _in_order(examined.event, number, latest)
                if reason:
                    yield PackFault(file, "data.declared_at", reason)
            elif earlier.digest != digest(line):
                line_before = earlier.ledger_sequence
                reason = f"{examined.event_id} is the id of line {line_before} too, which says something else"
                yield PackFault(file, "id", reason)


def _accept(intake: Intake, event: LedgerEvent, line: bytes, number: int) -> Iterator[PackFault]:
    """Remember what is on a line, or yield what stands against it. Lines are counted where ingest counts entries."""
    match accept(intake, event, event_key(event.source, event.id), line, number):
        case Fault(facts=facts) as conflict:
            reason = reasons_for([conflict])[0]
            first = f" The first is on line {facts['first']}." if "first" in facts else ""
            yield PackFault(f"{DECLARATIONS}:{number}", reason.path, reason.message + first)
        case Taken():
            pass
        case remembered:
            for one in remembered:
                intake.keep(one)


def _in_order(
    event: LedgerEvent, number: int, latest: tuple[datetime, int] | None
) -> tuple[tuple[datetime, int] | None, str]:
    """Return the latest time so far, with its line, and what is wrong with the event's own. Not every event has one."""
    declared_at: str | None = getattr(event.data, "declared_at", None)
    if declared_at is None:
        return latest, ""
    moment = datetime.fromisoformat(declared_at)
    if latest is not None and moment < latest[0]:
        return latest, f"is earlier than on line {latest[1]}: lines are in order of declaration"
    return (moment, number), ""


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
