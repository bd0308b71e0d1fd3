"""Messages that exist only where an election asks for signatures: keys, confirmations, entries."""

from collections.abc import Iterator

from schemas.register import Register
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.reasons.faults import Fault, fault
from services.ingest.rules.reasons.wording import Shown


def check_signed_only(sent: Readable, election: str, register: Register | None) -> Iterator[Fault]:
    """The election asks for signatures."""
    if register is None:
        yield fault("register.not_loaded", election=election)
    elif register.signatures == "none":
        yield fault("type.needs_signatures", "type", value=Shown(sent.text("type")), election=election)
