"""Which moments of an election there are, as far as it was read."""

from typing import Final

from tallywire.publishing.history import History
from tests.tallywire.publishing.histories import of_pack

NIGHT: Final = "pcc.2024-05-02"


def test_a_moment_is_shown_only_once_its_headlines_are_there() -> None:
    """Promise: what notify has not read yet is in no moment, whatever aggregate has published of it."""
    whole, history = of_pack(NIGHT), History(NIGHT)
    for entry in whole.ledger:
        history.read_ledger(entry.content)
    for stream, events in whole.events.items():
        for event in events:
            history.read_event(stream, event.content)
    history.advance(len(whole.ledger), 3)
    assert (history.now.cursor.results, history.settled) == (3, False)
    history.advance(len(whole.ledger), len(whole.events["results"]))
    assert (history.now.cursor, history.settled) == (whole.now.cursor, True)
