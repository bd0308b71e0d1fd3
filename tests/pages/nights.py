"""Nights that go on while somebody looks at them."""

from tallywire.publishing.history import STREAMS, History
from tests.pipeline.board import Board


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
