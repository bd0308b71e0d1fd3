"""A declaration has the fields that its kind needs, and none that is not for it (docs/life.md)."""

from collections.abc import Iterator, Mapping

from services.ingest.rules.event.kind_fields import KINDS, NOT_FOR
from services.ingest.rules.reasons.examples import like
from services.ingest.rules.reasons.faults import Fault, fault


def check_kind(kind: str, data: Mapping[str, object]) -> Iterator[Fault]:
    """Check the fields of a declaration against its kind."""
    for name in KINDS[kind].needs:
        if data.get(name) is None:
            yield fault(f"{name}.missing", "data", name, kind=kind, like=like(name))
    for name in NOT_FOR[kind]:
        if data.get(name) is not None:
            yield fault(f"{name}.not_for_kind", "data", name, kind=kind)
