"""Nights that go on while somebody looks at them."""

import json

from streams.chain import link
from streams.ledger_tail import Value, append
from tallywire.publishing.history import STREAMS, History
from tests.pipeline.board import Board

CLOSED_SINCE = "2030-05-06T11:04:00Z"
"""When a night is closed."""


class Night:
    """An election that was played before, and happens again step by step.

    Args:
        whole: as it was played.
        place: the moment at which it begins.
    """

    def __init__(self, whole: History, place: int = 1) -> None:
        self.whole = whole
        self.history = History(whole.election)
        self._go(place)

    @property
    def cursor(self) -> str:
        """The cursor of the present."""
        return str(self.history.now.cursor)

    @property
    def ended(self) -> bool:
        """Whether all of it has happened."""
        return self.history.last == self.whole.last

    def go(self, board: Board, moments: int = 1) -> None:
        """Let so many moments happen, each told to readers by itself."""

        def step() -> None:
            self._go(self.history.last + 1)
            board.moved(self.history.election)

        for _ in range(moments):
            board.do(step)

    def close(self, board: Board) -> None:
        """Let the operator close the election: nothing more comes."""
        history = self.history
        closing = {
            "specversion": "1.0",
            "id": "closing",
            "source": "/synthetic",
            "type": "tallywire.closing.v1",
            "subject": history.election,
            "data": {"closed": True},
        }
        number = len(history.ledger) + 1
        tail: dict[str, Value] = {"acceptedtime": CLOSED_SINCE, "sequence": number, "groupend": True}
        entry, _ = link(history.ledger[-1].chain, append(json.dumps(closing).encode(), tail))

        def step() -> None:
            history.read_ledger(entry)
            history.advance(number, len(history.events["results"]))
            board.moved(history.election)

        board.do(step)

    def _go(self, place: int) -> None:
        for at in range(self.history.last + 1, place + 1):
            cursor, history = self.whole.moments[at].cursor, self.history
            for entry in self.whole.ledger[history.now.cursor.ledger : cursor.ledger]:
                history.read_ledger(entry.content)
            for stream in STREAMS:
                for event in self.whole.events[stream][len(history.events[stream]) : getattr(cursor, stream)]:
                    history.read_event(stream, event.content)
            history.advance(cursor.ledger, cursor.results)
            assert history.now == self.whole.moments[at]
