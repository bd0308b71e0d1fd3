"""Which keys an election has, and which of them follow from its ledger alone."""

from typing import Any, Final

from schemas.streams import DECLARATIONS, STREAMS
from streams.fold import Wiring
from streams.keys import Partition
from tallywire.client.people import PEOPLE
from tallywire.evidence.replay import DERIVED, STAGES

OUTDATED_PARTS: Final = ("aggregate:register",)
"""What earlier releases of aggregate and notify kept, and this one does not."""


def _state_parts(wiring: Wiring[Any]) -> tuple[str, ...]:
    return wiring.stage, *(table.name for table in wiring.tables)


DERIVED_PARTS: Final = tuple(
    dict.fromkeys((*(part for wiring in DERIVED for part in (*_state_parts(wiring), *wiring.writes)), *OUTDATED_PARTS))
)
"""What aggregate and notify keep and write: it can be deleted, and derived again."""

PARTS: Final = tuple(
    dict.fromkeys(
        (
            *(stream.name for stream in STREAMS if stream is not DECLARATIONS),
            *(part for wiring in STAGES for part in _state_parts(wiring)),
            PEOPLE,
        )
    )
)
"""All that an election has, but for what anyone may have sent to it."""


def keys(election: str, parts: tuple[str, ...]) -> list[str]:
    """Return the names of the keys."""
    return [Partition(election).key(part) for part in parts]
