"""The shell of notify: what it does with strange entries, and when it is started again."""

import pytest
from structlog.testing import capture_logs

from services.notify.rules.memory import Memory
from services.notify.service import WIRING, notify_of_results
from streams.fold import Entry, fold
from tests.services.folding import with_restarts, without_restarts
from tests.services.notify.nights import night


@pytest.mark.parametrize("seed", range(6))
def test_a_restored_memory_goes_on_as_if_it_had_never_stopped(seed: int) -> None:
    """Promise: started again before every event, notify says what it says when it is never stopped."""
    events = [event.encode() for event in night(seed)]
    assert with_restarts(WIRING, notify_of_results, events) == without_restarts(WIRING, notify_of_results, events)


def test_an_event_of_an_unknown_type_is_passed_over() -> None:
    """Promise: of a type that only a later release knows nothing is said and nothing parked; the log has a line."""
    strange = Entry("1-0", {b"data": b'{"type":"tallywire.weather.v1"}'})
    known = Entry("2-0", {b"data": night(1)[0].encode()})
    with capture_logs() as logs:
        batch = fold(WIRING, notify_of_results, Memory("synthetic"), [strange, known])
    assert {emission.stream for emission in batch.emissions} == {"headlines"}
    assert [(line["event"], line["entry"]) for line in logs] == [("entry.passed_over", "1-0")]
