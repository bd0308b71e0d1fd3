"""Where a service answers over HTTP: a host and a port."""

import os
import re
import socket
from typing import Final, NamedTuple, Self

from tallywire.client.errors import NoServerError

NO_METRICS: Final = "off"
"""In place of a port: nothing is served, whatever the environment says."""

PORT_MAX: Final = 65_535
"""The highest port number."""

_WRITTEN: Final = re.compile(r"(?:(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):)?(?P<port>[0-9]{1,5})")


class Endpoint(NamedTuple):
    """A host and a port of it."""

    host: str
    port: int
    """0 for any that is free."""

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what ``9101``, ``0.0.0.0:9101`` or ``[::]:9101`` names; a port alone is this machine's only.

        Raises:
            ValueError: it names none.
        """
        found = _WRITTEN.fullmatch(text)
        if found is None or int(found["port"]) > PORT_MAX:
            message = f"{text!r} is no port, like 9101, and no host with a port, like 0.0.0.0:9101."
            raise ValueError(message)
        return cls((found["host"] or "127.0.0.1").strip("[]"), int(found["port"]))

    def beside(self, places: int) -> Self:
        """Return the endpoint so many ports further on; any free port stays any free port."""
        return self._replace(port=self.port + places) if self.port else self

    def listen(self, option: str = "--metrics") -> socket.socket:
        """Return a socket that listens there; ``option`` is the one that named the endpoint.

        Raises:
            NoServerError: the port is taken, or may not be used.
        """
        try:
            server = socket.create_server(self, family=socket.AF_INET6 if ":" in self.host else socket.AF_INET)
            # Inherited by what it accepts, where asyncio does not set it. Without it an answer, whose head and body are
            # written one after the other, waits 40 ms for the client's acknowledgement.
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            reason = os.strerror(error.errno).lower() if error.errno else str(error)
            message = f"Nothing can be served at {self}: {reason}. Name another port with {option}."
            raise NoServerError(message) from error
        return server

    def require_free(self, option: str = "--metrics") -> Self:
        """Check that we may listen there, and return it; any free port becomes one that is free now.

        Raises:
            NoServerError: we may not.
        """
        with self.listen(option) as listener:
            return self._replace(port=listener.getsockname()[1])

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"
