"""Says how many declarations of a pack would be held for a second person, and why.

python -m tests.services.ingest.odd_declarations PACK...
"""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.events import SENT, DeclarationEvent, LedgerEvent
from schemas.receipt import Reason
from schemas.register import Register
from services.ingest.rules.checks.odd import check_odd
from services.ingest.rules.examining import examine
from services.ingest.rules.intake import Intake
from services.ingest.rules.messages import accept
from services.ingest.rules.reasons.faults import reasons_for
from services.ingest.rules.register import accept_register
from services.rules.verdicts import HELD
from tallywire.packs.pack import bundled_packs, read_pack
from tests.services.events import register_event


@dataclass(frozen=True, slots=True)
class Odd:
    """A declaration that would be held."""

    ballot_id: str
    revision: int
    reasons: tuple[Reason, ...]


def loaded(register: Register) -> Intake:
    """Return what ingest remembers once a register is loaded that asks for signatures: else nothing odd is held."""
    intake = Intake(register.election)
    signed = register.model_copy(update={"signatures": "required"})
    outcome = accept_register(intake, register_event(signed), 1)
    assert isinstance(outcome, tuple)
    for remembered in outcome:
        intake.keep(remembered)
    return intake


def take(intake: Intake, event: LedgerEvent) -> None:
    """Accept an event, odd or not."""
    outcome = accept(intake, event, intake.ledger_length + 1)
    assert isinstance(outcome, tuple), outcome
    for remembered in outcome:
        intake.keep(remembered)


def odd_of(intake: Intake, event: DeclarationEvent) -> tuple[Reason, ...]:
    """Return why a declaration would be held; empty where it would not."""
    examined = examine({b"data": event.encode()}, intake.election, intake.register, intake.local_counts)
    found = list(check_odd(intake, event))
    held = tuple(reason for reason in examined.reasons if reason.code in HELD)
    return (*held, *reasons_for(found)) if found else held


def odd_declarations(register: Register, events: Iterable[LedgerEvent]) -> Iterator[Odd]:
    """Yield those of an election's declarations that would be held, in their order; every one is confirmed."""
    intake = loaded(register)
    for event in events:
        if isinstance(event, DeclarationEvent) and (reasons := odd_of(intake, event)):
            yield Odd(event.data.ballot_id, event.data.revision, reasons)
        take(intake, event)


def of_pack(path: Path) -> tuple[int, int, list[Odd]]:
    """Return how many contests a pack has, how many declarations, and those that would be held."""
    pack = read_pack(path)
    events = [SENT[json.loads(sent)["type"]].model_validate_json(sent) for sent in pack.declarations]
    return len(pack.register.contests), len(events), list(odd_declarations(pack.register, events))


if __name__ == "__main__":
    for folder in map(Path, sys.argv[1:] or map(str, bundled_packs().values())):
        contests, declarations, held = of_pack(folder)
        print(f"{folder.name}: {contests:,} contests, {declarations:,} declarations, {len(held)} held")  # noqa: T201  # it is a command
        for odd in held:
            for reason in odd.reasons:
                print(f"  {odd.ballot_id} {odd.revision}: {reason.code}: {reason.message}")  # noqa: T201  # the same
