"""A client of one server: redis-py's, set up for a stage."""

import asyncio
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.connection import HiredisRespSerializer
from redis.exceptions import TimeoutError as NoAnswer

from streams.keys import PARTITIONS_MAX

CONNECTIONS_MAX: Final = 2 * PARTITIONS_MAX + 10
"""Connections of a service to one server: one reads and one commits for each partition, and the catalogue's. The
client's own limit of 100 would end at 50 partitions."""

ANSWER_S: Final = 4.0
"""How long a server may take to answer. Longer than a read waits (2 s); shorter than a service that is told to end has
(5 s), for it may have a commit under way to a server that is frozen."""

_PACKER: Final[Any] = HiredisRespSerializer()


class Packing:
    """Packs commands in C, as the connections of redis-py's blocking client do: a commit has a thousand arguments."""

    def pack_command(self, *args: str | bytes | int) -> list[bytes]:
        """Return a command as it is sent."""
        packed: list[bytes] = _PACKER.pack(*args)
        return packed


class Client(Redis):
    """Gives a command one deadline. redis-py gives it two, and makes a task of the sending to keep the first."""

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
    """Return a client of the server at a plain URL, without reaching for it yet."""
    # No hidden retries: a stage must know at once that a commit is in doubt, and reloads.
    client = Client.from_url(
        url,
        retry=Retry(NoBackoff(), 0),
        max_connections=CONNECTIONS_MAX,
        socket_timeout=None,
        # Within a command its deadline is sooner; this one is for what is outside of one, as taking leave of TLS.
        socket_connect_timeout=ANSWER_S,
    )
    pool: Any = client.connection_pool
    # TCP, TLS or a unix socket: the URL has decided, and leaves no other way to say how to pack.
    pool.connection_class = type("PackingConnection", (Packing, pool.connection_class), {})
    return client
