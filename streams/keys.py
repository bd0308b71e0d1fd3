"""Names of keys."""

import re
from dataclasses import dataclass
from typing import Final

CATALOGUE: Final = "tallywire:elections"
"""The stream that names every partition; its entries have one field, ``election``."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


def alive_key(service: str, host: str = "*", process: int | str = "*") -> str:
    """Return the key by which a service says that it lives; with the host or the process left out, a pattern."""
    return f"tallywire:alive:{service}:{host}:{process}"


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
        if not _NAME.fullmatch(self.name):
            message = f"{self.name!r} cannot name a partition: letters, digits, dots, dashes, up to 200"
            raise ValueError(message)

    def key(self, part: str) -> str:
        """Return the key of one stream or table of the partition."""
        return f"{{{self.name}}}:{part}"
