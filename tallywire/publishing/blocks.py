"""Events as blocks of a Server-Sent Events stream (WHATWG HTML, 9.2)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from tallywire.publishing.cursor import Cursor
from tallywire.publishing.event import Event
from tallywire.publishing.filters import EVERYTHING, Filter
from tallywire.publishing.history import History

ALIVE: Final = b":\n\n"
"""A comment: says that the stream is alive."""

_NAMED: Final = {"result", "control", "tally", "headline"}


def event_block(cursor: Cursor, event: Event) -> bytes:
    """Return an event as a block. Its id is the cursor of whoever has read it."""
    # Ours are JSON of one line.
    name = event.type if event.type in _NAMED else "other"
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (str(cursor).encode(), name.encode(), event.content)


def place_block(cursor: Cursor) -> bytes:
    """Return a block that moves the reader's place, and says nothing."""
    return b"id: %b\n\n" % str(cursor).encode()


def moment_block(cursor: Cursor) -> bytes:
    """Return a block that says that there is a new moment."""
    return b"id: %b\nevent: moment\ndata: %b\n\n" % ((str(cursor).encode(),) * 2)


def alive_block(cursor: Cursor) -> bytes:
    """Return a block that says to a page that the feed is alive, and what time it is: its own clock may be off."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return b"id: %b\nevent: alive\ndata: %b\n\n" % (str(cursor).encode(), now.encode())


def told_block(name: str, **said: object) -> bytes:
    """Return a block about the feed itself. It has no id: the reader's place stays."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), json.dumps(said, separators=(",", ":")).encode())


def retry_block(milliseconds: int) -> bytes:
    """Return a block that says after how long to come again."""
    return b"retry: %d\n\n" % milliseconds


def blocks_of(history: History, after: Cursor, place: int, wanted: Filter) -> Iterator[tuple[Cursor, bytes]]:
    """Yield what a reader gets of a moment, block by block, each with the cursor of whoever has read it.

    Who wants everything gets the cursor of a moment without events, too: a snapshot may differ all the same.
    """
    now = history.moments[place].cursor
    if wanted.moments:
        yield now, moment_block(now)
        return
    last = None
    for cursor, event in history.told(after, place):
        if wanted.selects(event):
            if last is not None:
                yield last[0], event_block(*last)
            last = cursor, event
    if last is not None:
        # Of what comes after it in this moment the reader wants nothing.
        yield now, event_block(now, last[1])
    elif wanted == EVERYTHING:
        yield now, place_block(now)


def moment_blocks(history: History, after: Cursor, place: int, wanted: Filter) -> bytes:
    """Return all that a reader gets of a moment."""
    return b"".join(block for _, block in blocks_of(history, after, place, wanted))
