"""Connections of uvicorn that end when no request comes over them, so that nobody keeps one and says nothing."""

import asyncio
import resource
from typing import Any, ClassVar, Final

import structlog

from tallywire.operations.counts import LIMITS

log = structlog.get_logger()

HEAD_S: Final = 20.0
"""How long the head of a request may take to arrive, from when the connection is there or the last answer was given."""


class Watched:
    """To be mixed into a protocol of uvicorn, which bounds silence after an answer, but not a head that never ends."""

    service: ClassVar[str]
    """Whose connections they are."""
    connections_max: ClassVar[int]
    """Connections at once. Of more, the one that has kept us waiting longest is closed."""
    opened: ClassVar[dict["Watched", None]]
    """Connections of this process, the oldest first. Each class has its own."""
    cycle: Any
    """uvicorn's: the request in hand, or the last one."""
    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to watch it, and make room for it."""
        super().connection_made(transport)  # type: ignore[misc]  # uvicorn's
        self._watch()
        self.opened[self] = None
        if len(self.opened) > self.connections_max:
            # Where all of them wait for us instead, the process has more than enough to do: the new one goes.
            slowest = next((one for one in self.opened if one.waits_for_them()), self)
            LIMITS.labels(self.service, "", "connections").inc()
            # At once: until it is lost, others come.
            del self.opened[slowest]
            slowest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Watch it no longer."""
        self._watching.cancel()
        self.opened.pop(self, None)
        super().connection_lost(exc)  # type: ignore[misc]  # uvicorn's

    def waits_for_them(self) -> bool:
        """Whether the next word is the other side's: no request has come, or its body is not there yet."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    def _watch(self) -> None:
        self._watching = self.loop.call_later(HEAD_S, self._look, self.cycle)

    def _look(self, before: Any) -> None:  # noqa: ANN401  # uvicorn has two classes of these
        if self.cycle is before and (self.cycle is None or self.cycle.response_complete):
            self.transport.abort()
        else:
            self._watch()


def allow_files(wanted: int) -> None:
    """Let the process have so many files open, as far as the system lets it; where that is less, the log says so."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < wanted:
        log.warning("open_files.too_few", wanted=wanted, allowed=most)
        wanted = most
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
