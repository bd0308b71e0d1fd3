"""An event as far as it could be read: the checks of its content rely on nothing that the schema objects to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.ingest.rules.reasons.wording import Loc


@dataclass(frozen=True, slots=True)
class Readable:
    """An event, and where in it nothing can be relied on."""

    event: Mapping[str, Any]
    """The JSON object."""
    unread: frozenset[Loc] = frozenset()
    """What the schema objects to; empty for an event without fault."""

    def value(self, *loc: str) -> object:
        """Return what is at ``loc``; None where there is nothing or nothing that can be relied on."""
        value: object = self.event
        for step in loc:
            value = value.get(step) if isinstance(value, dict) else None
        return None if loc in self.unread else value

    def text(self, *loc: str) -> str | None:
        """Return the text at ``loc``, or None."""
        value = self.value(*loc)
        return value if isinstance(value, str) else None

    def truth(self, *loc: str) -> bool | None:
        """Return true or false at ``loc``, false where it is left out; None where it cannot be relied on."""
        return None if loc in self.unread else self.value(*loc) is True

    def members(self, *loc: str) -> dict[str, object]:
        """Return the fields of the object at ``loc``; none where there is no object."""
        value = self.value(*loc)
        return value if isinstance(value, dict) else {}
