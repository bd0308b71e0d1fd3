"""Names of keys."""

import re
from dataclasses import dataclass
from typing import Final

CATALOGUE: Final = "tallywire:elections"
"""The stream that names every partition; its entries have one field, ``election``."""

PARTITIONS_MAX: Final = 500
"""Partitions that a service works on. Each takes two connections: with three services and a stand-by for each, 6,000 of
the 10,000 that a server allows unless told otherwise."""

NAME_LENGTH_MAX: Final = 200
"""Characters of a partition's name: as many as an election's id may have."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def alive_key(service: str, host: str = "*", process: int | str = "*") -> str:
    """Return the key of a service's heartbeat; without the host or the process, a pattern that matches them all."""
    return f"tallywire:alive:{service}:{host}:{process}"


def alive_host(key: str) -> str:
    """Return the host in the key of a heartbeat; its name may have colons."""
    return key.split(":", 3)[3].rpartition(":")[0]


@dataclass(frozen=True, slots=True)
class Partition:
    """Keys that live together: one hash tag, so that a commit over them is atomic on Redis Cluster too."""

    name: str
    """The hash tag."""

    def __post_init__(self) -> None:
        """Refuse a name that would break the hash tag.

        Raises:
            ValueError: when the name is empty, longer than 200 characters or holds other characters.
        """
        if len(self.name) > NAME_LENGTH_MAX or not _NAME.fullmatch(self.name):
            shown = self.name[:NAME_LENGTH_MAX]
            message = f"{shown!r} cannot name a partition: letters, digits, dots, dashes, up to {NAME_LENGTH_MAX}"
            raise ValueError(message)

    def key(self, part: str) -> str:
        """Return the key of one stream or table of the partition."""
        return f"{{{self.name}}}:{part}"
