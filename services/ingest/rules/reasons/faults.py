"""A fault found in an entry, and how it becomes a reason on a receipt."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from schemas.receipt import Reason
from services.ingest.rules.limits import REASONS_MAX
from services.ingest.rules.reasons.table import REASONS
from services.ingest.rules.reasons.wording import Loc, path_of


class Fault(NamedTuple):
    """One thing wrong with an entry, not yet put into words."""

    code: str
    """A code of the table of reasons."""
    loc: Loc
    """Where it is, from the outermost field inwards; empty for the whole entry."""
    facts: Mapping[str, object]
    """What its sentence tells."""


def fault(code: str, *loc: str | int, **facts: object) -> Fault:
    """Return a fault of the sort ``code`` at ``loc``."""
    return Fault(code, loc, facts)


def told(faults: Iterable[Fault]) -> tuple[Reason, ...]:
    """Put faults into words: all of them, or the first and how many more there are."""
    known = list(faults)
    if len(known) <= REASONS_MAX:
        return tuple(_reason(each) for each in known)
    rest = fault("entry.more_faults", count=f"{len(known) - REASONS_MAX + 1:,}")
    return tuple(_reason(each) for each in (*known[: REASONS_MAX - 1], rest))


def _reason(each: Fault) -> Reason:
    path = path_of(each.loc)
    sentence = REASONS[each.code].sentence
    return Reason(code=each.code, path=path, message=sentence.format(path=path, **each.facts))
