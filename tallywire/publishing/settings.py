"""What the operator says of the publishing service."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

NO_LICENCE: Final = "not stated by who runs this service"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator says of the service."""

    licence: str = NO_LICENCE
    """Under which its feed may be used."""
    readers_max: int = 20_000
    """Readers of feeds at once. Each takes a connection, and up to 130 KB while it takes nothing."""
    stream_s: float = float("inf")
    """How long a stream lasts, in seconds. Behind a cache that shares one among readers: five minutes."""
    public_url: str = ""
    """Where the service is reached from outside. Links begin with it, never with what a request says; where it is empty
    they are relative."""
    api_keys: Path | None = None
    """The file of the API keys that readers need; None where everybody may read."""
    archived: str = ""
    """When the election was archived, in UTC, where pages are made to be kept as files; empty where they are served."""
