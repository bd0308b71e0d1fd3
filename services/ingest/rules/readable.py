"""An event as far as it could be read: the checks of its content rely on nothing that the schema objects to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.wire import has_invisible_character
from services.ingest.rules.figures import Figures
from services.ingest.rules.shape import Sendable
from services.ingest.rules.wording import Loc


@dataclass(frozen=True, slots=True)
class Readable:
    """An event, and where in it nothing can be relied on."""

    event: Mapping[str, Any]
    """The JSON object."""
    model: type[Sendable]
    """What it is meant to be."""
    unread: frozenset[Loc]
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

    def figures(self) -> Figures:
        """Return what a declaration says."""
        votes = self.value("data", "votes")
        given: dict[str, object] = votes if isinstance(votes, dict) else {}
        named: Collection[str] = given
        if self.unread:
            named = [name for name in given if not has_invisible_character(name)]
        return Figures(
            votes={
                name: count
                for name, count in given.items()
                if isinstance(count, int) and ("data", "votes", name) not in self.unread
            },
            named=named if isinstance(votes, dict) else None,
            elected=self._names("elected"),
            lot=None if ("data", "lot") in self.unread else self._names("lot") or (),
            rejected=self._count("rejected"),
            papers=self._count("papers"),
        )

    def _count(self, name: str) -> int | None:
        value = self.value("data", name)
        return value if isinstance(value, int) else None

    def _names(self, name: str) -> tuple[str, ...] | None:
        value = self.value("data", name)
        return tuple(value) if isinstance(value, list) else None
