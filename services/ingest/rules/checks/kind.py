"""Which fields each kind of message needs and may have: the table of docs/life.md, as far as it binds the sender."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.ingest.rules.event.schema_faults import like
from services.ingest.rules.reasons.faults import Fault, fault


@dataclass(frozen=True, slots=True)
class Kind:
    """What a message of one kind has to say."""

    needs: tuple[str, ...] = ()
    """Fields it must have."""
    may_have: tuple[str, ...] = ()
    """Fields it may have besides."""


_FIELDS: Final = ("votes", "final_round", "elected", "lot", "rejected", "rejected_by_head", "papers", "areas", "reason")
"""The fields that are not for every kind."""

KINDS: Final[Mapping[str, Kind]] = {
    "declared": Kind(needs=("votes",), may_have=_FIELDS),
    "flash": Kind(needs=("elected",)),
    "progress": Kind(needs=("areas",)),
    "recount": Kind(may_have=("reason",)),
    "uncontested": Kind(needs=("elected",)),
    "withdrawn": Kind(needs=("reason",)),
    "postponed": Kind(needs=("reason",)),
    "countermanded": Kind(needs=("reason",)),
    "annulled": Kind(needs=("reason",)),
}
"""What is for which kind."""

NOT_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    # One tuple: mypyc does not compile `not in (*needs, *may_have)`.
    name: tuple(part for part in _FIELDS if part not in kind.needs + kind.may_have)
    for name, kind in KINDS.items()
}
"""What is not for a kind."""


def misfits(kind: str, data: Mapping[str, object]) -> Iterator[Fault]:
    """Find what a message of its kind needs and does not have, and what it has and must not."""
    for name in KINDS[kind].needs:
        if data.get(name) is None:
            yield fault(f"{name}.missing", "data", name, kind=kind, **like(name))
    for name in NOT_FOR[kind]:
        if data.get(name) is not None:
            yield fault(f"{name}.not_for_kind", "data", name, kind=kind)
