"""Who controls a council or parliament: before, now, and at which declaration that was settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from schemas.control import NOC
from schemas.register import Body
from tallywire.pages.numbers import clock, day, local, thousands
from tallywire.publishing.board.ground import Ground, ground_of_body
from tallywire.publishing.board.memory import Turn, data_of, memory, until
from tallywire.publishing.board.sentences import NO_CONTROL, led, plural
from tallywire.publishing.documents import View

SHOWN: Final = 4
"""Parties of a body's composition in a row; the rest are others."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to control, at which declaration."""

    turn: Turn
    said: str
    """``Labour certain of control``."""
    contest: str
    """Name of the contest; empty where it was none."""


@dataclass(frozen=True, slots=True)
class BodyStands:
    """How a body stands."""

    slug: str
    body: Body
    name: str
    parliament: bool
    composition: Mapping[str, int]
    changes: Mapping[str, int]
    undeclared: int
    vacant: int
    undescribed: int
    under_review: int
    final: bool
    before: str
    """Who had control on the eve of poll: ``Conservatives``, ``no overall control``."""
    now: str
    """What is certain of control now."""
    now_party: str
    """The party that is certain to have control; empty where there is none."""
    before_party: str
    led: str
    """Who leads where it is certain that nobody has a majority: ``SNP largest, 19 of 45 seats``; else empty."""
    leader: str
    """The largest party then; empty where there is no single one."""
    label: str
    """The same in short form, once it is settled: ``Con gain from NOC``."""
    events: Sequence[Event]
    sequence: int
    """Of the event; 0 before the first."""
    control: Mapping[str, Any]
    """As published; before the first declaration, what is so then."""

    @property
    def majority(self) -> int:
        """Seats needed."""
        return self.body.seats // 2 + 1

    @property
    def now_known(self) -> bool:
        """Whether it is certain who controls it, or that nobody does."""
        return self.control["now"] is not None

    @property
    def held(self) -> dict[str, int]:
        """Seats by party, most first."""
        return dict(sorted(((party, n) for party, n in self.composition.items() if n), key=lambda item: -item[1]))

    def shown(self) -> list[tuple[str, int]]:
        """Return parties with seats, and those of all others under an empty name."""
        held = list(self.held.items())
        if len(held) <= SHOWN + 1:
            return held
        return [*held[:SHOWN], ("", sum(n for _, n in held[SHOWN:]))]


def body_stands(view: View, slug: str) -> BodyStands:
    """Return how a body stands.

    Raises:
        KeyError: there is no such body.
    """
    land = ground_of_body(view, slug)
    event = view.history.last_of("control", slug, view.moment.cursor)
    key = ("body", slug, memory(view.history).register(view.ledger), 0 if event is None else event.sequence)
    return memory(view.history).kept(key, lambda: _stands(view, slug, land))


def _stands(view: View, slug: str, land: Ground) -> BodyStands:
    body = land.head.bodies[slug]
    event = view.history.last_of("control", slug, view.moment.cursor)
    control = _before_all(body, land) if event is None else data_of(event.content)
    turns = [each for each in until(memory(view.history).turns, view.place) if each.body == slug]
    now = control["now"]
    return BodyStands(
        slug=slug,
        body=body,
        name=control.get("full_name") or body.name,
        parliament=body.kind == "parliament",
        composition=control["composition"],
        changes=control["changes"],
        undeclared=control["undeclared"],
        vacant=control["vacant"],
        undescribed=control["undescribed"],
        under_review=control.get("under_review", 0),
        final=control["final"],
        before=_holder(body.control_before, land),
        now=_now(control, land, turns) + _surely_largest(control, land),
        now_party="" if now in (None, NOC) else now,
        before_party="" if body.control_before in (None, NOC) else str(body.control_before),
        led=led(control, land) if now == NOC else "",
        leader=(control["largest"] or "") if now == NOC else "",
        label=control["label"] or "",
        events=[Event(turn, turned(land, turn), _contest(land, turn)) for turn in turns if _worth_saying(turn)],
        sequence=0 if event is None else event.sequence,
        control=control,
    )


def _before_all(body: Body, land: Ground) -> Mapping[str, Any]:
    return {
        "name": body.name,
        "kind": body.kind,
        "seats": body.seats,
        "composition": body.not_up,
        "changes": {},
        "undeclared": land.seats,
        "vacant": body.vacant,
        "undescribed": body.seats - land.seats - sum(body.not_up.values()) - body.vacant,
        "final": False,
        "now": None,
        "holder_lost": False,
        "label": None,
        "majority": body.seats // 2 + 1,
        "before": body.control_before,
        "largest": None,
    }


def _worth_saying(turn: Turn) -> bool:
    return turn.clinched or turn.lost or turn.opened


def _contest(land: Ground, turn: Turn) -> str:
    return land.contests[turn.cause].name if turn.cause in land.contests else ""


def _holder(party: str | None, land: Ground) -> str:
    if party is None:
        return "not known"
    return "no overall control" if party == NOC else land.name(party)


def turned(land: Ground, turn: Turn) -> str:
    """Return what happened to control: ``Labour certain of a majority``."""
    body = land.head.bodies[turn.body]
    wanted = "a majority" if body.kind == "parliament" else "control"
    majority = thousands(body.seats // 2 + 1)
    if turn.opened:
        return "Open again"
    if turn.clinched and turn.now == NOC:
        return f"No party can reach {majority}"
    if turn.clinched and turn.now is not None:
        have = ("have" if land.plural(turn.now) else "has") if turn.final else "certain of"
        return f"{land.name(turn.now)} {have} {wanted}"
    holder = body.control_before
    return f"{land.name(holder)} can no longer reach {majority}" if holder not in (None, NOC) else "Lost"


def _now(control: Mapping[str, Any], land: Ground, turns: Sequence[Turn]) -> str:
    """Return what is certain of control, and since when."""
    now, seats, majority = control["now"], control["composition"], control["majority"]
    parliament = control["kind"] == "parliament"
    wanted = "a majority" if parliament else "control"
    since = _since(turns)
    if now == NOC:
        open_still = "no party can reach a majority" if not control["final"] else NO_CONTROL
        return f"{led(control, land)}; {open_still}{since}"
    if now is not None:
        return f"{land.name(now)} {'majority' if parliament else 'control'}{since}"
    if control["final"]:
        return "open: seats that the register does not describe could decide it"
    leader = max(seats, key=lambda party: seats[party], default=None)
    lost = f"{land.name(control['before'])} can no longer win; " if control["holder_lost"] and control["before"] else ""
    if leader is None or not seats[leader]:
        return f"{lost}nobody is certain of {wanted}"
    more = majority - seats[leader]
    if more > control["undeclared"]:
        return f"{lost}nobody is certain of {wanted}"
    return f"{lost}nobody is certain of {wanted}; {thousands(more)} more would make it for {land.the(leader)}"


def _surely_largest(control: Mapping[str, Any], land: Ground) -> str:
    """Return who is certain to have most seats, while that is not yet the end and nobody has a majority."""
    largest = control.get("largest_certain")
    if largest is None or control["final"] or control["now"] not in (None, NOC):
        return ""
    return f"; {land.the(largest)} certain to be the largest party"


def _since(turns: Sequence[Turn]) -> str:
    """Return since when control has been certain, and with how much still to come then."""
    turn = next((each for each in reversed(turns) if each.clinched), None)
    if turn is None or turn.final:
        return ""
    left = f"with {thousands(turn.undeclared)} {plural(turn.undeclared, 'seat', 'seats')} still to come"
    if turn.time is None:
        return f", certain {left}"
    return f", certain since {clock(turn.time)} {when_zone(turn.time)}, {left}"


def when_zone(time: datetime) -> str:
    """Return zone and day of a time."""
    return f"{local(time):%Z} on {day(time)}"
