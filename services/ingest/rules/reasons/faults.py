"""A fault found in an entry, and how it becomes a reason on a receipt."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from schemas.receipt import Reason
from services.ingest.rules.limits import NEAREST_AMONG_MAX, REASONS_MAX
from services.ingest.rules.reasons.table import REASONS
from services.ingest.rules.reasons.wording import DidYouMean, Loc, path_of

Reasons = tuple[Reason, *tuple[Reason, ...]]
"""Why an entry is refused: one reason or more."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with an entry, not yet put into words."""

    code: str
    """A code of the table of reasons."""
    loc: Loc
    """Where it is, from the outermost field inwards; empty for the whole entry."""
    facts: Mapping[str, object]
    """What its sentence tells; ``first`` is the place of the earlier message that stands against it."""


def fault(code: str, *loc: str | int, **facts: object) -> Fault:
    """Return the fault ``code`` at ``loc``."""
    return Fault(code, loc, facts)


def reasons_for(faults: Iterable[Fault]) -> Reasons:
    """Put faults into words: all of them, or the first and how many more there are.

    Raises:
        ValueError: there is none.
    """
    known = list(faults)
    if len(known) > REASONS_MAX:
        rest = fault("entry.more_faults", count=f"{len(known) - REASONS_MAX + 1:,}")
        known = [*known[: REASONS_MAX - 1], rest]
    first, *others = map(_reason, _with_few_hints(known))
    return (first, *others)


def _with_few_hints(faults: Iterable[Fault]) -> Iterator[Fault]:
    """Yield the faults, without a hint once as many names have been looked through as may be for one entry."""
    left = NEAREST_AMONG_MAX
    for found in faults:
        hint = found.facts.get("hint")
        if isinstance(hint, DidYouMean):
            if len(hint.known) > left:
                yield replace(found, facts={**found.facts, "hint": ""})
                continue
            left -= len(hint.known)
        yield found


def _reason(found: Fault) -> Reason:
    path = path_of(found.loc)
    sentence = REASONS[found.code].sentence
    return Reason(code=found.code, path=path, message=sentence.format(path=path, **found.facts))
