"""Whether a service is live, and whether it is ready. Can be asked while a rule holds the service's event loop."""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from streams.keys import CATALOGUE
from streams.lag import STUCK_AFTER_S
from streams.partitions import Partitions
from streams.servers import Servers, asker
from streams.stage import Stage
from streams.troubles import why_away

TURN_EVERY_S: Final = 0.5
"""How often the event loop notes that it runs."""

ANSWER_S: Final = 1.0
"""How long a server may take to answer when it is asked whether it is there."""


@dataclass(slots=True)
class ServiceStatus:
    """What a service is doing. Everything here may be called from any thread."""

    url: str
    """The servers that it works on."""
    partitions: Sequence[Partitions]
    """The stages it runs."""
    turned_at: float = field(default_factory=time.monotonic)
    """When the event loop last ran, by the monotonic clock."""
    others: Callable[[], Iterable[str]] = tuple
    """Returns more reasons why the service is not ready, where it has some of its own; without asking a server."""
    writes: bool = True
    """Whether it cannot do its work while its server takes no writes."""
    unwritten: str = ""
    """Why the last heartbeat could not be written; empty when it could. It is the proof that the server is written."""
    servers: Servers[Redis] = field(init=False)
    """Clients of our own, for short questions."""

    def __post_init__(self) -> None:
        """Prepare clients of our own: those of the service belong to its event loop."""
        self.servers = Servers(self.url, lambda url: asker(url, ANSWER_S))

    async def keep_turning(self) -> None:
        """Note again and again that the event loop runs."""
        while True:
            self.turned_at = time.monotonic()
            await asyncio.sleep(TURN_EVERY_S)

    def why_not_live(self) -> str | None:
        """Return why the process should be restarted; None while it is live.

        It is live while its event loop has run within the last 30 s. A rule holds the loop while it folds: seconds for
        the largest register.
        """
        silent_s = time.monotonic() - self.turned_at
        if silent_s < STUCK_AFTER_S:
            return None
        folding = ", ".join(stage.partition.name for stage in self._stages() if stage.folding)
        where = f" It is folding entries of {folding}." if folding else ""
        return f"The event loop has not run for {silent_s:.0f} s.{where}"

    def why_not_ready(self) -> list[str]:
        """Return why the service is not ready, as far as it knows without asking a server; empty when it is.

        It is ready when it is live, has read the catalogue, and is leading or standing by on every partition in it.
        """
        reasons = [reason] if (reason := self.why_not_live()) else []
        reasons += [_sentence(found.error) for found in self.partitions if found.error]
        for stage in self._stages():
            if stage.phase == "failed":
                reasons.append(_sentence(f"{stage.partition.name}: stopped for good: {stage.error}"))
            elif stage.error:
                reasons.append(_sentence(f"{stage.partition.name}: the last attempt failed: {stage.error}"))
            elif stage.phase not in ("leading", "standing by"):
                reasons.append(f"{stage.partition.name}: {stage.phase}.")
        return [*reasons, *self.others()]

    def why_no_server(self) -> str | None:
        """Ask the servers of the partitions whether they answer; return why one does not. Takes up to 3 s.

        One that answers and has not taken the last heartbeat is full, read-only, or cannot write to its disk.
        """
        keys = [CATALOGUE, *(stage.partition.key(stage.wiring.stage) for stage in self._stages())]
        try:
            self.servers.look()
            for client in {id(client): client for client in map(self.servers.at, keys)}.values():
                client.time()
        except (RedisError, OSError) as error:
            return why_away(error)
        return _sentence(f"The server takes no writes: {self.unwritten}") if self.writes and self.unwritten else None

    @property
    def ready(self) -> bool:
        """Whether the service is ready, as far as it knows without asking a server now."""
        return not self.why_not_ready() and not (self.writes and self.unwritten)

    def phases(self) -> dict[str, str]:
        """Return what the service is doing with each partition."""
        return {stage.partition.name: stage.phase for stage in self._stages()}

    def close(self) -> None:
        """Close the connections that questions were asked over."""
        for client in self.servers.clients():
            client.close()

    def _stages(self) -> list[Stage[object]]:
        return [stage for found in self.partitions for stage in tuple(found.stages.values())]


def _sentence(text: str) -> str:
    """Return the text with a full stop: errors of servers have one, or none."""
    return f"{text.rstrip('.')}."
