"""An event as far as it could be read: the checks of its content rely on nothing that the schema objects to."""

from collections.abc import Mapping
from typing import Any, Final

from services.ingest.rules.checks.kind import NOT_FOR
from services.ingest.rules.event.figures import AreaFigures, Figures, Votes
from services.ingest.rules.event.schema_faults import Sendable
from services.ingest.rules.reasons.wording import Loc


class Readable:
    """An event, and where in it nothing can be relied on."""

    def __init__(self, event: Mapping[str, Any], model: type[Sendable], unread: frozenset[Loc]) -> None:
        self.event: Final = event
        """The JSON object."""
        self.model: Final = model
        """What it is meant to be."""
        self.unread: Final = unread
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

    def kind(self) -> str | None:
        """Return what sort of message a declaration is; None where it cannot be relied on."""
        return None if ("data", "kind") in self.unread else self.text("data", "kind") or "declared"

    def figures(self) -> Figures:
        """Return what a declaration says, but for the fields that are not for its kind."""
        kind, stated = self.kind(), self.members("data")
        if kind is not None and NOT_FOR[kind]:
            stated = {name: value for name, value in stated.items() if name not in NOT_FOR[kind]}
        heads = self._votes(stated, "data", "rejected_by_head")
        return Figures(
            kind=kind,
            votes=self._votes(stated, "data", "votes"),
            final_round=self._votes(stated, "data", "final_round"),
            elected=self._names(stated, "elected"),
            lot=None if ("data", "lot") in self.unread else self._names(stated, "lot") or (),
            rejected=self._count(stated, "data", "rejected"),
            rejected_by_head=sum(heads.counts.values()) if heads is not None and heads.whole else None,
            papers=self._count(stated, "data", "papers"),
            areas=self._areas(stated),
        )

    def _votes(self, holder: Mapping[str, object], *loc: str | int) -> Votes | None:
        """Return the counts at ``loc``, the last step of which is a field of ``holder``; None where it is left out."""
        given = holder.get(str(loc[-1]))
        if given is None:
            return None
        if not isinstance(given, dict):
            return Votes({}, None)
        counts = given
        if self.unread:
            counts = {name: count for name, count in given.items() if (*loc, name) not in self.unread}
        return Votes(counts, given)

    def _areas(self, stated: Mapping[str, object]) -> tuple[AreaFigures, ...] | None:
        areas = stated.get("areas")
        if not isinstance(areas, list) or ("data", "areas") in self.unread:
            return None
        return tuple(
            AreaFigures(
                place=place,
                name=None if ("data", "areas", place, "area") in self.unread else area.get("area"),
                votes=self._votes(area, "data", "areas", place, "votes") or Votes({}, None),
                rejected=self._count(area, "data", "areas", place, "rejected"),
            )
            for place, area in enumerate(areas)
        )

    def _count(self, holder: Mapping[str, object], *loc: str | int) -> int | None:
        value = None if loc in self.unread else holder.get(str(loc[-1]))
        return value if isinstance(value, int) else None

    def _names(self, stated: Mapping[str, object], name: str) -> tuple[str, ...] | None:
        value = None if ("data", name) in self.unread else stated.get(name)
        return tuple(value) if isinstance(value, list) else None
