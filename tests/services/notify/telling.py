"""What notify says of a run of events: the shell's own rule, folded in memory."""

from collections.abc import Iterable

from schemas.events import ControlEvent, HeadlineEvent, ResultEvent
from services.notify.rules.memory import Memory
from services.notify.service import WIRING, notify_of_results
from streams.fold import Entry, fold

News = ResultEvent | ControlEvent


def tell(events: Iterable[News], memory: Memory | None = None) -> list[HeadlineEvent]:
    """Return every headline of the events, in order; nothing may be parked."""
    entries = [Entry(f"{place}-0", {b"data": event.encode()}) for place, event in enumerate(events, start=1)]
    batch = fold(WIRING, notify_of_results, memory or Memory("synthetic"), entries)
    assert not any(batch.outcomes), batch.outcomes
    return [HeadlineEvent.model_validate_json(emission.event.encode()) for emission in batch.emissions]


def texts(events: Iterable[News], memory: Memory | None = None) -> list[str]:
    """Return the text of every headline."""
    return [headline.data.text for headline in tell(events, memory)]


def told(events: Iterable[News]) -> list[tuple[str, str]]:
    """Return kind and text of every headline."""
    return [(headline.data.kind, headline.data.text) for headline in tell(events)]
