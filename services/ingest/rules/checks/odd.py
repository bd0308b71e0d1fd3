"""What is odd about a declaration that can be true: the rows "held" of docs/verdicts.md."""

from collections.abc import Iterator
from typing import Final

from schemas.events import DeclarationEvent
from services.ingest.rules.intake import Intake
from services.ingest.rules.reasons.faults import Fault
from services.rules.verdicts import VERDICTS

HELD: Final = frozenset(code for finding in VERDICTS if finding.verdict == "held" for code in finding.codes)
"""The reasons that a second person may let through."""


def check_odd(_intake: Intake, _event: DeclarationEvent) -> Iterator[Fault]:
    """Nothing is odd about the declaration beside others of its contest, and of its election."""
    return iter(())
