"""Every reason for which an entry is refused or held: its code, what it means, and the sentence its sender reads.

The one table; docs/reasons.md is written from it. A code, once published, keeps its meaning.
"""

from collections.abc import Mapping
from typing import Final

from services.ingest.rules.reasons.contest_rows import CONTEST_ROWS
from services.ingest.rules.reasons.entry_rows import ENTRY_ROWS
from services.ingest.rules.reasons.field_rows import FIELD_ROWS
from services.ingest.rules.reasons.list_rows import LIST_ROWS
from services.ingest.rules.reasons.odd_rows import ODD_ROWS
from services.ingest.rules.reasons.register_rows import REGISTER_ROWS
from services.ingest.rules.reasons.row import ReasonRow
from services.ingest.rules.reasons.signature_rows import SIGNATURE_ROWS
from services.ingest.rules.reasons.stage_rows import STAGE_ROWS

REASONS: Final[Mapping[str, ReasonRow]] = dict(
    sorted(
        {
            **ENTRY_ROWS,
            **FIELD_ROWS,
            **REGISTER_ROWS,
            **CONTEST_ROWS,
            **LIST_ROWS,
            **STAGE_ROWS,
            **ODD_ROWS,
            **SIGNATURE_ROWS,
        }.items()
    )
)
"""Every reason, by code."""

_LIMIT: Final = frozenset(
    {
        "ahead",
        "full",
        "more_faults",
        "number_too_long",
        "too_deep",
        "too_far_ahead",
        "too_large",
        "too_long",
        "too_many",
        "too_many_faults",
        "too_many_listed",
        "too_many_local_counts",
        "too_old",
        "too_many_values",
    }
)
"""The second halves of the codes that say that a limit was reached."""


def family(code: str) -> str:
    """Return the part of an entry that a code is about: ``votes`` of ``votes.text``."""
    return code.partition(".")[0]


def names_a_limit(code: str) -> bool:
    """Whether a code says that an entry, or its election, has reached a limit."""
    return code.partition(".")[2] in _LIMIT
