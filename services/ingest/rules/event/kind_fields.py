"""Which fields each kind of declaration needs and may have: the second table of docs/life.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.ingest.rules.reasons.field_rows import NOT_FOR_ALL


@dataclass(frozen=True, slots=True)
class KindFields:
    """What a declaration of one kind has to say."""

    needs: tuple[str, ...] = ()
    """Fields it must have."""
    may_have: tuple[str, ...] = ()
    """Fields it may have besides."""


KINDS: Final[Mapping[str, KindFields]] = {
    "declared": KindFields(needs=("votes",), may_have=NOT_FOR_ALL),
    "flash": KindFields(needs=("elected",)),
    "progress": KindFields(needs=("areas",)),
    "stage": KindFields(
        needs=("votes",), may_have=("quota", "stages", "elected", "rejected", "rejected_by_head", "papers")
    ),
    "recount": KindFields(may_have=("reason",)),
    "uncontested": KindFields(needs=("elected",)),
    "withdrawn": KindFields(needs=("reason",)),
    "postponed": KindFields(needs=("reason",)),
    "countermanded": KindFields(needs=("reason",)),
    "annulled": KindFields(needs=("reason",)),
}
"""By kind."""

NOT_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(part for part in NOT_FOR_ALL if part not in (*kind.needs, *kind.may_have))
    for name, kind in KINDS.items()
}
"""The fields that a declaration of a kind must not have."""
