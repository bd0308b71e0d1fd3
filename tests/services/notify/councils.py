"""Synthetic councils and parliaments, seat by seat: states of control, built as aggregate would."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from schemas.control import Control, ControlBefore, ControlChange
from schemas.events import ControlEvent
from tests.services.notify.results import ACCEPTED, PARTIES

NOC = "NOC"


@dataclass(frozen=True)
class Council:
    """A council whose seats are all up, or not, and may go to any party."""

    seats: int
    before: str | None
    name: str = "Testing"
    kind: Literal["council", "parliament"] = "council"
    landmarks: tuple[int, ...] = ()
    not_up: Mapping[str, int] = field(default_factory=dict)
    declared: Mapping[str, int] = field(default_factory=dict)
    """Seats declared by main party."""
    postponed: int = 0
    changed: Mapping[str, int] | None = None
    """Seats more or fewer than before, once all are declared; where given, its seats are filled by proportion."""
    from_lists: Mapping[str, int] = field(default_factory=dict)
    """List seats beside constituencies."""
    states: tuple[ControlEvent, ...] = ()
    """Every state so far, that before the first declaration first."""

    def __post_init__(self) -> None:
        """Publish the state before the first declaration."""
        if not self.states:
            object.__setattr__(self, "states", (self._state(None),))

    def then(self, party: str, seats: int = 1) -> "Council":
        """Return the council after a declaration of ``seats`` seats for a party; fewer than 0 are withdrawn."""
        declared = dict(self.declared)
        declared[party] = declared.get(party, 0) + seats
        return replace(self, declared=declared)._published()

    def postpone(self, seats: int = 1) -> "Council":
        """Return the council after a poll is postponed: its seats are vacant."""
        return replace(self, postponed=self.postponed + seats)._published()

    def correct(self, was: str, now: str) -> "Council":
        """Return the council after a correction of who won one seat."""
        declared = dict(self.declared)
        declared[was] -= 1
        declared[now] = declared.get(now, 0) + 1
        return replace(self, declared=declared)._published()

    @property
    def event(self) -> ControlEvent:
        """The last state."""
        return self.states[-1]

    def _published(self) -> "Council":
        return replace(self, states=(*self.states, self._state(f"local.testing.ward-{len(self.states)}.2030-05-02")))

    def _state(self, cause: str | None) -> ControlEvent:
        composition = Counter(self.not_up) + Counter(self.declared)
        undeclared = self.seats - composition.total() - self.postponed
        majority = self.seats // 2 + 1
        best = max(composition.values(), default=0)
        level = [party for party, seats in composition.items() if seats == best]
        now = level[0] if best >= majority else NOC if best + undeclared < majority else None
        was = self.states[-1].data if self.states else None
        second = sorted((0, 0, *composition.values()))[-2]
        surely = level[0] if self.changed is not None and best > second + undeclared else None
        lost = self.before not in (None, NOC) and composition[str(self.before)] + undeclared < majority
        return ControlEvent(
            id=f"{self.name.lower()}:control:{len(self.states)}",
            source="/synthetic",
            subject=self.name.lower().replace(" ", "-"),
            time=ACCEPTED,
            data=Control(
                body=self.name.lower().replace(" ", "-"),
                name=self.name,
                kind=self.kind,
                seats=self.seats,
                majority=majority,
                composition=dict(composition),
                undeclared=undeclared,
                vacant=self.postponed,
                changes=dict(self.changed or {}) if undeclared == 0 else {},
                proportional=self.changed is not None,
                from_lists=dict(self.from_lists),
                before=self.before,
                now=now,
                holder_lost=lost,
                final=undeclared == 0,
                change=self._change(now),
                label=None,
                largest=level[0] if len(level) == 1 else None,
                largest_certain=surely,
                cause=cause,
                parties=PARTIES,
                landmarks=self.landmarks,
                previous=None
                if was is None
                else ControlBefore(
                    now=was.now,
                    holder_lost=was.holder_lost,
                    final=was.final,
                    composition=was.composition,
                    largest_certain=was.largest_certain,
                ),
            ),
        )

    def _change(self, now: str | None) -> ControlChange | None:
        if now is None or self.before is None:
            return None
        if now == self.before:
            return "no change" if now == NOC else "hold"
        return "lose" if now == NOC else "gain"
