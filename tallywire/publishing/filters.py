"""What a subscriber wants of a feed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from tallywire.publishing.event import TYPES, Event

VALUES_MAX: Final = 50
"""Values of one filter: the parties of a broadcaster's chart, or the contests of a county."""

VALUE_LENGTH_MAX: Final = 200
"""Characters of a value, as of an id."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Selects events. What is empty selects all; an event must satisfy every part, by any one of its values."""

    types: frozenset[str] = frozenset()
    """``result``, ``control``, ``tally``, ``headline``."""
    kinds: frozenset[str] = frozenset()
    """Kinds of headlines (``gain``, ``control_lost``) or of results (``declared``, ``withdrawn``)."""
    priority: int = 5
    """Only headlines at least so loud: 1 is the loudest. Events of other types have no priority, and pass."""
    parties: frozenset[str] = frozenset()
    """Ids of main parties that the event is about: those that won or lost there; a tally counts many."""
    regions: frozenset[str] = frozenset()
    """Slugs of regions."""
    bodies: frozenset[str] = frozenset()
    """Slugs of councils and parliaments."""
    ballots: frozenset[str] = frozenset()
    """Ballot ids of contests."""
    moments: bool = False
    """No event at all, but the cursor of each moment: for pages that ask what has changed."""

    def selects(self, event: Event) -> bool:
        """Whether a subscriber gets the event."""
        return (
            not self.moments
            and (not self.types or event.type in self.types)
            and (not self.kinds or event.kind in self.kinds)
            and event.priority <= self.priority
            and (not self.parties or not self.parties.isdisjoint(event.parties))
            and (not self.regions or not self.regions.isdisjoint(event.regions))
            and (not self.bodies or event.body in self.bodies)
            and (not self.ballots or event.ballot_id in self.ballots)
        )


EVERYTHING: Final = Filter()
"""Every event."""

MOMENTS: Final = Filter(moments=True)
"""No event, but each moment."""

FEEDS: Final[Mapping[str, Filter]] = {
    "headlines": Filter(types=frozenset({"headline"})),
    "results": Filter(types=frozenset({"result", "control"})),
    "tallies": Filter(types=frozenset({"tally"})),
}
"""Feeds that have a path of their own, so that a cache in front sees equal requests."""

PARAMETERS: Final[Mapping[str, str]] = {
    "type": "types",
    "kind": "kinds",
    "priority": "priority",
    "party": "parties",
    "region": "regions",
    "body": "bodies",
    "ballot": "ballots",
}
"""The name of each part in a query, where it may stand several times, or with commas."""


def region_feed(slug: str) -> Filter:
    """Return what the feed of a region selects."""
    return Filter(regions=frozenset({slug}))


def body_feed(slug: str) -> Filter:
    """Return what the feed of a council or parliament selects."""
    return Filter(bodies=frozenset({slug}))


def read_filter(parameters: Iterable[tuple[str, str]]) -> Filter:
    """Return the filter that parameters of a query, or options of a command, name; others are passed over.

    Raises:
        ValueError: a value cannot be, with the values that can, or there are too many.
    """
    named: dict[str, list[str]] = {}
    for name, text in parameters:
        if name in PARAMETERS:
            named.setdefault(name, []).extend(part.strip() for part in text.split(",") if part.strip())
    for name, values in named.items():
        if len(values) > VALUES_MAX:
            raise ValueError(f"{name} has {len(values)} values; it may have {VALUES_MAX}.")
        if any(len(value) > VALUE_LENGTH_MAX for value in values):
            raise ValueError(f"A value of {name} is longer than {VALUE_LENGTH_MAX} characters.")
    _require_known(named.get("type", ()), tuple(TYPES.values()))
    parts: dict[str, Any] = {PARAMETERS[name]: frozenset(values) for name, values in named.items()}
    return Filter(**parts | {"priority": _priority(named.get("priority", ()))})


def _require_known(values: Sequence[str], known: Sequence[str]) -> None:
    for value in values:
        if value not in known:
            raise ValueError(f"There is no type {value}. There are: {', '.join(known)}.")


def _priority(values: Sequence[str]) -> int:
    if not values:
        return Filter().priority
    if len(values) > 1 or values[0] not in {"1", "2", "3", "4", "5"}:
        raise ValueError("priority is one number from 1, the loudest, to 5: headlines at least so loud are selected.")
    return int(values[0])


def written(filtering: Filter) -> list[tuple[str, str]]:
    """Return the parameters that name a filter, in a fixed order."""
    given = {field.name: getattr(filtering, field.name) for field in fields(filtering)}
    found: list[tuple[str, str]] = []
    for name, part in PARAMETERS.items():
        if part == "priority":
            if filtering.priority != Filter().priority:
                found.append((name, str(filtering.priority)))
        else:
            found.extend((name, value) for value in sorted(given[part]))
    return found
