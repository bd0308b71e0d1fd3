"""Which keys an election has, and which of them follow from its ledger alone."""

from typing import Final

from schemas.streams import DECLARATIONS, STREAMS
from streams.keys import Partition
from tallywire.evidence.replay import DERIVED, STAGES

DERIVED_PARTS: Final = tuple(
    dict.fromkeys(part for wiring in DERIVED for part in (wiring.stage, *wiring.state.tables, *wiring.writes))
)
"""What aggregate and notify keep and write: it can be deleted, and derived again."""

PARTS: Final = tuple(
    dict.fromkeys(
        (
            *(stream.name for stream in STREAMS if stream is not DECLARATIONS),
            *(part for wiring in STAGES for part in (wiring.stage, *wiring.state.tables)),
        )
    )
)
"""All that an election has, but for what anyone may have sent to it."""


def keys(election: str, parts: tuple[str, ...]) -> list[str]:
    """Return the names of the keys."""
    return [Partition(election).key(part) for part in parts]
