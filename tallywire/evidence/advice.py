"""What to do about a difference: nothing that could destroy the last trace of what the ledger was."""

from typing import Final

from tallywire.evidence.difference import Difference

LEDGER: Final = (
    "The ledger may have been changed or cut, and nothing recomputes it. Leave the server as it is, for it may hold",
    "the only trace: no rebuild, and no new export to restore from. Compare with a signed head and an export from",
    "before. If they do not show that the ledger is whole: restore that export on another server, and have everything",
    "sent again; a repeat is harmless.",
)

DERIVED: Final = (
    "Make sure that it is not the ledger that was changed: a signed head or an export from before shows it. Then",
    "`tallywire rebuild` derives the rest again. Not before: this may be the only trace of what the ledger was.",
    "If another release of the services wrote this, its rules may have been others; verify with that release.",
)

_LEDGER_PLACES: Final = ("ledger", "first line", "ingest", "aggregate, field cursor")
"""Where a ledger that was cut or chained anew shows first: what ingest remembers of it, and how far it was read."""


def advice(difference: Difference) -> tuple[str, ...]:
    """Return what to do, line by line."""
    if difference.remedy:
        return (difference.remedy,)
    return LEDGER if difference.where.startswith(_LEDGER_PLACES) else DERIVED
