"""Which addresses a host has, asked so that a resolver that hangs holds up nobody else."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable
from typing import TypeAlias

Resolve: TypeAlias = Callable[[str, int], Awaitable[list[str]]]
"""Returns the addresses of a host, as text; raises OSError."""


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, those first that this machine prefers.

    In a thread of its own, which nobody waits for when the service ends: the system's resolver cannot be interrupted.

    Raises:
        OSError: it has none, or they cannot be learnt.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def ask() -> None:
        found: list[str] | OSError | UnicodeError
        try:
            # What is no host for the resolver, such as a label of 64 letters, is a UnicodeError.
            found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as error:
            found = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell, found)

    def tell(found: list[str] | OSError | UnicodeError) -> None:
        if answer.done():
            return
        if isinstance(found, list):
            answer.set_result(found)
        else:
            answer.set_exception(found if isinstance(found, OSError) else OSError(str(found)))

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    return await answer
