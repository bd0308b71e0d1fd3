"""The headlines of a run of events: notify's own rule, folded in memory."""

from collections.abc import Iterable

from schemas.events import HeadlineEvent, ResultsEvent
from services.notify.rules.memory import Memory
from services.notify.service import WIRING, notify_of_results
from streams.fold import Entry, fold


def headlines(events: Iterable[ResultsEvent], memory: Memory | None = None) -> list[HeadlineEvent]:
    """Return every headline of the events, in order; nothing may be parked."""
    entries = [Entry(f"{place}-0", {b"data": event.encode()}) for place, event in enumerate(events, start=1)]
    batch = fold(WIRING, notify_of_results, memory or Memory("synthetic"), entries)
    assert not any(batch.outcomes), batch.outcomes
    return [HeadlineEvent.model_validate_json(emission.event.encode()) for emission in batch.emissions]


def texts(events: Iterable[ResultsEvent], memory: Memory | None = None) -> list[str]:
    """Return the text of every headline."""
    return [headline.data.text for headline in headlines(events, memory)]


def kinds_and_texts(events: Iterable[ResultsEvent]) -> list[tuple[str, str]]:
    """Return kind and text of every headline."""
    return [(headline.data.kind, headline.data.text) for headline in headlines(events)]
