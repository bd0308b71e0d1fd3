"""What examining an entry found, for tests that look at one side of it."""

from collections.abc import Mapping

from schemas.events import LedgerEvent
from schemas.receipt import Reason
from schemas.register import Register
from services.ingest.rules.examining import Invalid, Valid, examine
from tests.services.registers import ELECTION


def reasons_of(
    fields: Mapping[bytes, bytes], register: Register | None, election: str = ELECTION
) -> tuple[Reason, ...]:
    """Return everything that is wrong with an entry; empty when nothing is."""
    examined = examine(fields, election, register)
    return examined.reasons if isinstance(examined, Invalid) else ()


def event_of(fields: Mapping[bytes, bytes], register: Register | None) -> LedgerEvent:
    """Return the event of an entry in which nothing is wrong."""
    examined = examine(fields, ELECTION, register)
    assert isinstance(examined, Valid), examined
    return examined.event
