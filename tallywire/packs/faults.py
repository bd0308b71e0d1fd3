"""What can be wrong with an election pack: every fault, by file, path and reason.

What the services would refuse is a fault, and they are asked: each line of the declarations, and a register that
passes its schema, is examined by the rule of the service ``ingest``.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from schemas.declaration import Declaration
from schemas.events import AmendmentEvent, DeclarationEvent
from schemas.register import Register
from services.ingest.rules.examining import examine
from services.rules.amending import amended
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
    return register, tuple(faults)


def check_declarations(lines: Sequence[bytes], election: str, register: Register | None) -> Iterator[PackFault]:
    """Yield every fault of the recorded lines: what ``ingest`` would refuse, and times out of order.

    Without a usable register, what only a register can tell is left out.
    """
    ids: dict[tuple[str, str], tuple[int, bytes]] = {}
    recorded = _Recorded()
    for number, line in enumerate(lines, start=1):
        file = f"{DECLARATIONS}:{number}"
        event, faults = _examine_line(line, file, election, register)
        yield from faults
        if event is None:
            continue
        first, bytes_there = ids.setdefault((event.source, event.id), (number, line))
        if first != number:
            if bytes_there != line:
                yield PackFault(file, "id", f"{event.id} is the id of line {first} too, which says something else")
            continue
        if isinstance(event, DeclarationEvent):
            yield from recorded.check(event.data, number)
        elif register is not None:
            register = amended(register, event.data)


class _Recorded:
    """What was declared on the lines so far."""

    def __init__(self) -> None:
        self.revisions: dict[tuple[str, int], tuple[int, tuple[object, ...]]] = {}
        self.latest: tuple[datetime, int] | None = None

    def check(self, declaration: Declaration, number: int) -> Iterator[PackFault]:
        """Yield what is wrong with a declaration after those on earlier lines."""
        file = f"{DECLARATIONS}:{number}"
        figures = (number, declaration.figures())
        first, figures_there = self.revisions.setdefault((declaration.ballot_id, declaration.revision), figures)
        if figures_there != declaration.figures():
            revision = f"revision {declaration.revision} of this contest is on line {first} too"
            yield PackFault(file, "data.revision", f"{revision}, with other figures")
        if declaration.declared_at is None:
            return
        moment = datetime.fromisoformat(declaration.declared_at)
        if self.latest is not None and moment < self.latest[0]:
            reason = f"is earlier than on line {self.latest[1]}: lines are in order of declaration"
            yield PackFault(file, "data.declared_at", reason)
        else:
            self.latest = moment, number


def _examine_line(
    line: bytes, file: str, election: str, register: Register | None
) -> tuple[DeclarationEvent | AmendmentEvent | None, tuple[PackFault, ...]]:
    """Return the event on one line when nothing is wrong with it, and what is."""
    examined = examine({b"data": line}, election, register)
    reasons = [reason for reason in examined.reasons if register or reason.code != "register.not_loaded"]
    if reasons or examined.event is None:
        return None, tuple(PackFault(file, reason.path, reason.message) for reason in reasons)
    if not isinstance(examined.event, DeclarationEvent | AmendmentEvent):
        kind = examined.event.type
        return None, (PackFault(file, "type", f"is {kind}: a pack records declarations and amendments only"),)
    return examined.event, ()


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
        "type": "tallywire.register.v1",
        "subject": register.election,
        "test": register.test,
        "data": value,
    }
    sent = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    for reason in examine({b"data": sent}, register.election, None).reasons:
        yield PackFault(REGISTER, reason.path.removeprefix("data").removeprefix("."), reason.message)


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
