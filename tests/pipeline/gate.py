"""A place in front of a service: its address stays while what is behind it is killed and another one takes over."""

import socket
import threading
from contextlib import suppress
from typing import Final, Self

from tests.pipeline.subscriber import Publisher

BYTES: Final = 64 * 1024
"""Read at once."""


class Gate:
    """Passes connections on; as a context manager it ends with all of them.

    Args:
        publisher: where to.
    """

    def __init__(self, publisher: Publisher) -> None:
        self.publisher = publisher
        self.passed = 0
        """Connections until now."""
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        """Cut every connection, wherever in a block it is."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        self.cut()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                reader, _ = self._listener.accept()
                self.passed += 1
                threading.Thread(target=self._pass, args=(reader,), daemon=True).start()

    def _pass(self, reader: socket.socket) -> None:
        there = (self.publisher.host, self.publisher.port)
        with reader, suppress(OSError), socket.create_connection(there) as behind:
            with self._lock:
                self._open |= {reader, behind}
            asked = threading.Thread(target=_copy, args=(reader, behind), daemon=True)
            asked.start()
            _copy(behind, reader)
            asked.join()
            with self._lock:
                self._open -= {reader, behind}


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Pass on what comes, and hang up on both when one does."""
    with suppress(OSError):
        while part := source.recv(BYTES):
            target.sendall(part)
    for each in (source, target):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
