"""Which event an endpoint gets next. Of tallies it gets the newest when it is behind; of everything else, each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from schemas.streams import RESULTS
from tallywire.publishing.cursor import Cursor
from tallywire.publishing.event import STREAM_OF, Event
from tallywire.publishing.filters import Filter
from tallywire.publishing.history import History

LOOKED_AT_MAX: Final = 1_000
"""Events looked at in one step: some milliseconds, in which nobody else is served."""


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next after a place."""

    after: Cursor
    """The place once that event was sent; without one, how far was looked."""
    stream: str = ""
    """The event's stream."""
    event: Event | None = None
    """The next event to send; None where nothing is found."""
    skipped: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Numbers of tallies that are passed over before it, by subject: a newer one of the same subject is known."""
    more: bool = False
    """Whether there may be more behind what was looked at."""


def next_step(history: History, place: Cursor, wanted: Filter) -> Step:
    """Return what comes next after a place, which must be of this history."""
    skipped: dict[str, tuple[int, ...]] = {}
    looked_at, at = 0, place
    for moment in range(history.moment_of(place) + 1, len(history.moments)):
        for cursor, event in history.told(place, moment):
            at, looked_at = cursor, looked_at + 1
            if wanted.selects(event):
                if not _overtaken(history, event, wanted):
                    return Step(at, STREAM_OF.get(event.type, RESULTS.name), event, skipped)
                skipped[event.subject] = (*skipped.get(event.subject, ()), event.sequence)
            if looked_at == LOOKED_AT_MAX:
                return Step(at, skipped=skipped, more=True)
        at = history.moments[moment].cursor
    return Step(at, skipped=skipped)


def _overtaken(history: History, event: Event, wanted: Filter) -> bool:
    """Whether an event is a tally of which a newer one is known that the endpoint will get."""
    if event.type != "tally":
        return False
    newest = history.last_of("tally", event.subject, history.now.cursor)
    return newest is not None and newest.sequence > event.sequence and wanted.selects(newest)
