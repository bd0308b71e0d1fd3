"""The client of one server: redis-py's, configured for a stage."""

import asyncio
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.connection import HiredisRespSerializer
from redis.exceptions import TimeoutError as NoAnswer

from streams.keys import PARTITIONS_MAX

CONNECTIONS_MAX: Final = 2 * PARTITIONS_MAX + 10
"""Connections of a service to one server: two for each partition (one reads, one commits), and one for the catalogue.
redis-py's default of 100 would be used up by 50 partitions."""

ANSWER_S: Final = 4.0
"""How long a server may take to answer. Longer than a read waits (2 s); shorter than the time in which a service must
stop (5 s), which may have a commit under way to a frozen server."""

_PACKER: Final[Any] = HiredisRespSerializer()


class Packing:
    """Encodes commands in C, as redis-py's blocking client does: a commit has a thousand arguments."""

    def pack_command(self, *args: str | bytes | int) -> list[bytes]:
        """Return a command in the wire format."""
        packed: list[bytes] = _PACKER.pack(*args)
        return packed


class Client(Redis):
    """Gives each command one deadline, where redis-py has two timeouts and a task for each send."""

    async def execute_command(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401  # redis-py's signature
        """Return the answer to a command.

        Raises:
            RedisError: the server is away, refuses, or has not answered within ``ANSWER_S``.
        """
        try:
            async with asyncio.timeout(ANSWER_S):
                return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        except TimeoutError:
            message = f"The server has not answered within {ANSWER_S:g} s"
            raise NoAnswer(message) from None


def connect(url: str) -> Redis:
    """Return a client of the server at a plain URL, without connecting yet."""
    # No hidden retries: a stage must know at once when the outcome of a commit is unknown, and reload.
    client = Client.from_url(
        url,
        retry=Retry(NoBackoff(), 0),
        max_connections=CONNECTIONS_MAX,
        socket_timeout=None,
        # A command has the deadline above; this one is for the rest, such as closing TLS.
        socket_connect_timeout=ANSWER_S,
    )
    pool: Any = client.connection_pool
    # from_url picks the connection class (TCP, TLS, unix socket) and has no option for the packer; subclass it.
    pool.connection_class = type("PackingConnection", (Packing, pool.connection_class), {})
    return client
