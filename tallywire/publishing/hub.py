"""Readers of the feeds of one election: each event is encoded once for all who want it.

A reader is a connection that was taken over (``tallywire.web.handover``): no task, no queue. One that has had
everything is *live*, and is written to when something happens. One that came with an old cursor, or reads too slowly,
is given the history as fast as it takes it, some at a time, and is live when it has caught up. Nothing is skipped.
"""

import asyncio
import random
from time import monotonic
from typing import Final

from tallywire.operations.counts import READERS_ENDED
from tallywire.publishing.blocks import (
    ALIVE,
    alive_block,
    blocks_of,
    moment_blocks,
    place_block,
    retry_block,
    told_block,
)
from tallywire.publishing.cursor import Cursor
from tallywire.publishing.filters import Filter
from tallywire.publishing.history import History

ALIVE_EVERY_S: Final = 15.0
"""How often a reader hears something, whatever happens: less than the minute after which proxies close what is idle."""

STALLED_S: Final = 60.0
"""How long a reader may take nothing, with some to take; then it is told that it is behind, and its stream ends.
Whoever comes back with its cursor is given what it has missed."""

FLUSH_S: Final = 10.0
"""How long such a reader may still take for what was on its way."""

AHEAD_S: Final = 10.0
"""How long a reader may wait whose cursor this process does not know yet: another one may be ahead by some of them."""

CHUNK_BYTES: Final = 64 * 1024
"""About so much of the history is written to a reader at once: as much as asyncio keeps before it says stop."""

RETRY_MS: Final = (1_000, 5_000)
"""After how long readers are to come again when the service stops, drawn for each: not all at the same moment."""

FILTERS_MAX: Final = 2_000
"""Different filters of an election in use at once. Each event is encoded for each that selects it."""


class Reader(asyncio.Protocol):
    """A connection to a reader."""

    __slots__ = ("after", "channel", "chunked", "counted", "expires_at", "paused_at", "place", "transport")

    def __init__(self, channel: "Channel", after: Cursor, *, chunked: bool) -> None:
        self.channel = channel
        self.after = after
        """The cursor that it came with, or has come to since while it catches up; it may be inside a moment."""
        self.place = 0
        """The last moment that it was given all of."""
        self.chunked = chunked
        self.paused_at: float | None = None
        """Since when it takes nothing; None while it does."""
        self.expires_at = float("inf")
        """When its stream is to end."""
        self.counted: set[Reader] | None = None
        """The readers with the same API key, of whom there may be so many; None where none is asked for."""
        self.transport: asyncio.Transport

    def takes(self) -> bool:
        """Whether it takes more."""
        return self.paused_at is None and not self.transport.is_closing()

    def write(self, content: bytes) -> None:
        """Send blocks to it."""
        self.transport.write(framed(content) if self.chunked else content)

    def pause_writing(self) -> None:
        """Called by asyncio when it takes no more."""
        self.paused_at = monotonic()
        self.channel.live.discard(self)

    def resume_writing(self) -> None:
        """Called by asyncio when it takes some again."""
        self.paused_at = None
        self.channel.hub.go_on(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        """Called by asyncio when it has gone."""
        self.channel.hub.forget(self)

    def end(self, reason: str, *blocks: bytes) -> None:
        """End its stream for a reason, after these last blocks."""
        self.channel.hub.forget(self, reason)
        if not self.transport.is_closing():
            self.write(b"".join(blocks))
            if self.chunked:
                self.transport.write(b"0\r\n\r\n")
            self.transport.close()


class Channel:
    """Readers with one filter.

    Args:
        hub: whose they are.
        wanted: the filter.
    """

    def __init__(self, hub: "Hub", wanted: Filter) -> None:
        self.hub = hub
        self.wanted = wanted
        self.live: set[Reader] = set()
        """Those that have had everything."""
        self.readers: set[Reader] = set()
        """All of them."""

    def alive(self, place: Cursor) -> bytes:
        """Return the block that lets readers hear that the feed is alive. A browser tells pages of events alone."""
        return alive_block(place) if self.wanted.moments else place_block(place)

    def publish(self, content: bytes, place: int) -> None:
        """Send blocks to those that are live, and say up to which moment they have come with them."""
        if not content or not self.live:
            for reader in self.live:
                reader.place = place
            return
        chunk = framed(content)
        # A copy: who takes no more leaves meanwhile.
        for reader in tuple(self.live):
            reader.place = place
            reader.transport.write(chunk if reader.chunked else content)


class Hub:
    """The readers of one election.

    Args:
        history: the election.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.readers = 0
        """How many there are."""
        self._channels: dict[Filter, Channel] = {}
        self._published = history.last
        self._ahead: dict[Reader, float] = {}

    @property
    def place(self) -> Cursor:
        """The cursor of whoever has had everything."""
        return self.history.moments[self._published].cursor

    def has_room(self, wanted: Filter) -> bool:
        """Whether one more reader with this filter can be served."""
        return wanted in self._channels or len(self._channels) < FILTERS_MAX

    def join(self, wanted: Filter, after: Cursor, *, chunked: bool) -> "Reader":
        """Return a reader who has had everything up to a cursor; ``welcome`` begins to write to it."""
        channel = self._channels.setdefault(wanted, Channel(self, wanted))
        reader = Reader(channel, after, chunked=chunked)
        channel.readers.add(reader)
        self.readers += 1
        return reader

    def welcome(self, reader: "Reader", transport: asyncio.Transport, head: bytes) -> None:
        """Send a reader the head of the answer and its place, and then what it has missed."""
        reader.transport = transport
        transport.write(head)
        reader.write(retry_block(RETRY_MS[0]) + reader.channel.alive(reader.after))
        self._begin(reader)

    def _begin(self, reader: "Reader") -> None:
        """Let a reader go on from its cursor, if that is of this history; one beyond it waits until it is known."""
        holds = self.history.holds(reader.after)
        if holds is None:
            self._ahead.setdefault(reader, monotonic())
            return
        self._ahead.pop(reader, None)
        if not holds:
            self._resnapshot(reader)
            return
        reader.place = self.history.moment_of(reader.after)
        self.go_on(reader)

    def _resnapshot(self, reader: "Reader") -> None:
        why = "What you have read is of another history of this election. Take a new snapshot, and go on from there."
        said = told_block("resnapshot", reason=why, cursor=str(self.history.now.cursor))
        reader.end("resnapshot", said, retry_block(RETRY_MS[1]))

    def go_on(self, reader: Reader) -> None:
        """Give a reader what it has not had, as long as it takes it; then it is live."""
        if reader in self._ahead or not reader.takes():
            return
        blocks, size = [], 0
        before = reader.place
        while reader.place < self._published and size < CHUNK_BYTES:
            for cursor, block in blocks_of(self.history, reader.after, reader.place + 1, reader.channel.wanted):
                if size >= CHUNK_BYTES:
                    # A moment may be a whole night that was declared at once.
                    break
                blocks.append(block)
                size += len(block)
                reader.after = cursor
            else:
                reader.place += 1
        if blocks or reader.place > before:
            reader.write(b"".join(blocks) or ALIVE)
        if not reader.takes():
            # It was told to pause meanwhile; it goes on when it takes some again.
            return
        if reader.place >= self._published:
            reader.channel.live.add(reader)
        else:
            # The others have their turn first.
            asyncio.get_running_loop().call_soon(self.go_on, reader)

    def publish(self) -> None:
        """Send what has happened to every reader that is live."""
        first, self._published = self._published + 1, self.history.last
        if first > self._published:
            return
        before = self.history.moments[first - 1].cursor
        for channel in self._channels.values():
            if channel.live:
                content = b"".join(
                    moment_blocks(self.history, before, place, channel.wanted)
                    for place in range(first, self._published + 1)
                )
                channel.publish(content, self._published)
        # Last: who has had some of this already must not get it with the others.
        for reader in tuple(self._ahead):
            self._begin(reader)

    def tell(self, content: bytes, wanted: Filter | None = None) -> None:
        """Send a block without a place to every reader that takes one; to those with one filter where it is named."""
        for channel in self._channels.values():
            if wanted is None or channel.wanted == wanted:
                channel.publish(content, self._published)

    def keep_alive(self) -> None:
        """Let readers hear that the feed is alive, and end those that take nothing, or have been here long enough."""
        now = monotonic()
        for reader, since in tuple(self._ahead.items()):
            if now - since > AHEAD_S:
                self._resnapshot(reader)
        for channel in tuple(self._channels.values()):
            channel.publish(channel.alive(self.place), self._published)
            for reader in tuple(channel.readers):
                if reader.paused_at is not None and now - reader.paused_at > STALLED_S:
                    why = f"You have taken nothing for {STALLED_S:g} seconds. Come again with your cursor."
                    reader.end("behind", told_block("behind", reason=why))
                    asyncio.get_running_loop().call_later(FLUSH_S, reader.transport.abort)
                elif now > reader.expires_at and reader in channel.live:
                    reader.end("expired", retry_block(random.randint(0, RETRY_MS[0])))  # noqa: S311  # spreads them in time

    def replace(self, history: History) -> None:
        """Go on with a history that was read anew.

        Who has read something that is not in it is told to take a new snapshot.
        """
        # All who are live have come to the same place, and the others are before it.
        same = history.holds(self.place)
        # What has been read of the one before is the same in this one: so are its moments.
        self.history, self._published = history, (self._published if same else history.last)
        if not same:
            for reader in self._everybody():
                self._resnapshot(reader)
        self.publish()

    def end(self) -> None:
        """End every stream, and say after how long to come again."""
        for reader in self._everybody():
            reader.end("stopped", retry_block(random.randint(*RETRY_MS)))  # noqa: S311  # spreads them in time

    def forget(self, reader: Reader, reason: str = "left") -> None:
        """Serve a reader no more, for a reason."""
        channel = reader.channel
        self._ahead.pop(reader, None)
        channel.live.discard(reader)
        if reader.counted is not None:
            reader.counted.discard(reader)
        if reader in channel.readers:
            channel.readers.discard(reader)
            self.readers -= 1
            READERS_ENDED.labels(self.history.election, reason).inc()
        if not channel.readers and self._channels.get(channel.wanted) is channel:
            del self._channels[channel.wanted]

    def _everybody(self) -> list[Reader]:
        return [reader for channel in self._channels.values() for reader in channel.readers]


def framed(content: bytes) -> bytes:
    """Return content as a chunk of HTTP/1.1."""
    return b"%x\r\n%b\r\n" % (len(content), content)
