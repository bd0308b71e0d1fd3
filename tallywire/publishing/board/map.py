"""The map of an election or of one of its regions: hexagons or tiles, with the same as a table."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from schemas.register import INDEPENDENT, Contest, RegisterHead
from schemas.wire import NATIONAL
from services.rules.by_elections import is_by_election
from tallywire.pages.rendering import render
from tallywire.publishing.board.colours import code, party_class
from tallywire.publishing.board.contest_mark import (
    LOW_TURNOUT_BOUNDS,
    MAJORITY_BOUNDS,
    SWING_BOUNDS,
    TURNOUT_BOUNDS,
    Mark,
    Registered,
    area,
    hexagon,
    mark_of,
    row,
    slug_of,
    tile,
)
from tallywire.publishing.board.layout import Layout, hexagons, layout_of, plain
from tallywire.publishing.board.memory import memory
from tallywire.publishing.board.progress import plural_contests
from tallywire.publishing.board.shown import PACKAGE
from tallywire.publishing.documents import View
from tallywire.publishing.event import Event

CELLS_MAX: Final = 8_000
"""Contests at a moment that are kept, made: six nights of 650, before and after they were declared; 15 MB."""

MARGIN: Final = 5
"""Around the map, in the units of the drawing: half a hexagon and its outline."""

LEAST: Final = 104
"""Least width of a drawing: a region of three hexagons is not as large as the page."""

SHOWN_MIN: Final = 0.5
"""Part of the contests in which a party stands that can be shown alone, unless it held a seat."""

SEVERAL: Final = 6
"""Contests from which on it is worth to show those of one party alone."""

SEVERAL_SEATS: Final = "each contest elects several"
"""Why there is no swing and no majority."""

SHOWN_MAX: Final = 14
"""Parties that can be shown alone."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A contest on the map, made."""

    mark: Mark
    shape: str
    row: str


class _Cells:
    """Cells that were made, those of longest ago going first.

    The register's contest and the event are what a cell is made of. They never change, and are the same object as long
    as they are the same.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[object, tuple[Contest, Event | None, RegisterHead, Cell]] = OrderedDict()

    def get(self, key: tuple[object, ...], of: tuple[Contest, Event | None, RegisterHead]) -> Cell | None:
        kept = self._kept.get(key)
        if kept is None or any(one is not other for one, other in zip(kept, of, strict=False)):
            return None
        self._kept.move_to_end(key)
        return kept[3]

    def keep(self, key: tuple[object, ...], of: tuple[Contest, Event | None, RegisterHead], cell: Cell) -> Cell:
        self._kept[key] = (*of, cell)
        while len(self._kept) > CELLS_MAX:
            self._kept.popitem(last=False)
        return cell


_CELLS: Final = _Cells()


def first_contests(view: View) -> dict[str, Contest]:
    """Return the contests as they were loaded: what a page has at every moment alike is made of these."""
    return {ballot_id: versions.at(1).contest for ballot_id, versions in view.history.registers.contests.items()}


def layout(view: View) -> Layout:
    """Return the layout of an election; of one without a register, nothing."""
    head, history = view.head, view.history
    if head is None:
        return Layout({}, ())
    drawing = None if history.drawing is None else history.drawing[1]
    return memory(history).kept(
        ("map layout", history.map_digest), lambda: layout_of(head, first_contests(view), drawing)
    )


def ballots(view: View, slug: str) -> list[str]:
    """Return the contests of a region, council or parliament, in the register's order.

    Raises:
        KeyError: there is no such one.
    """
    contests = view.history.registers.contests
    if slug == NATIONAL:
        return list(view.contests())
    if view.head is not None and slug in view.head.regions:
        return [each for each in view.contests() if slug in contests[each].at(1).contest.regions]
    if view.head is not None and slug in view.head.bodies:
        return [each for each in view.contests() if contests[each].at(1).contest.body == slug]
    raise KeyError(slug)


def cells(view: View, slug: str) -> dict[str, Cell]:
    """Return the contests of a region, council or parliament as they stood at the moment.

    Raises:
        KeyError: there is no such one.
    """
    head = view.head
    if head is None:
        return {}
    wanted = memory(view.history).kept(("map ballots", slug), lambda: ballots(view, slug))
    late = frozenset(str(each["ballot_id"]) for each in view.overdue(view.moment.time)) if view.place else frozenset()
    bounds = memory(view.history).kept(("map turnout",), lambda: turnout_bounds(view))
    drawing = _Drawing(view, head, layout(view), bounds, late)
    return {ballot_id: drawing.cell(ballot_id) for ballot_id in wanted}


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What the cells of a map have in common."""

    view: View
    head: RegisterHead
    layout: Layout
    bounds: tuple[int, ...]
    late: frozenset[str]

    def cell(self, ballot_id: str) -> Cell:
        """Return a contest's cell, making it where it is not kept."""
        history, head = self.view.history, self.head
        contest = history.registers.contest(ballot_id, self.view.ledger).contest
        result = history.last_of("result", ballot_id, self.view.moment.cursor)
        overdue = ballot_id in self.late
        key = (history.election, ballot_id, id(contest), id(result), id(head), overdue, history.map_digest)
        of = (contest, result, head)
        kept = _CELLS.get(key, of)
        if kept is not None:
            return kept
        mark = mark_of(Registered(head, ballot_id, contest, overdue), result)
        href = f"/elections/{history.election}/contests/{ballot_id}"
        shape = self._shape(mark, href)
        day = history.election.rpartition(".")[2]
        return _CELLS.keep(key, of, Cell(mark, shape, row(mark, href, day)))

    def _shape(self, mark: Mark, href: str) -> str:
        drawn = self.layout.shapes.get(mark.ballot_id)
        if drawn is not None:
            return area(mark, href, drawn, self.bounds)
        place = self.layout.places.get(mark.ballot_id)
        return tile(mark, href, self.bounds) if place is None else hexagon(mark, href, place, self.bounds)


def turnout_bounds(view: View) -> tuple[int, ...]:
    """Return what divides the turnouts of an election into five classes."""
    bodies = {} if view.head is None else view.head.bodies
    general = (
        contest.body in bodies and bodies[contest.body].kind == "parliament" and not is_by_election(ballot_id)
        for ballot_id, contest in first_contests(view).items()
    )
    return TURNOUT_BOUNDS if any(general) else LOW_TURNOUT_BOUNDS


def map_parts(view: View, slug: str) -> dict[str, str]:
    """Return the parts of a map: each contest's shape (``h-…``) and row (``r-…``), and ``readout``, the last declared.

    Args:
        view: the election at the moment.
        slug: a region, council or parliament; the national region for all.

    Raises:
        KeyError: there is no such one.
    """
    made = cells(view, slug)
    parts = {"readout": _readout(view, made)}
    for ballot_id, cell in made.items():
        named = slug_of(ballot_id)
        parts[f"h-{named}"] = cell.shape
        parts[f"r-{named}"] = cell.row
    return parts


def map_frame(view: View, slug: str, parts: Mapping[str, str]) -> str:
    """Return the map with its choices, legend and table.

    Args:
        view: the election at the moment.
        slug: a region, council or parliament; the national region for all.
        parts: those of ``map_parts``, perhaps among others.

    Raises:
        KeyError: there is no such region, council or parliament, or no register yet.
    """
    if view.head is None:
        raise KeyError(slug)
    known = memory(view.history)
    # What is the same at every moment is made once.
    fixed = known.kept(("map frame", slug, view.history.map_digest), lambda: _fixed(view, slug))
    return render(PACKAGE, "map.html", parts=parts, layers=layers(view), **fixed)


def _fixed(view: View, slug: str) -> dict[str, object]:
    """Return what a map has at every moment alike."""
    names = first_contests(view)
    # Both lists in one order: the table then costs half as much, compressed.
    wanted = sorted(ballots(view, slug), key=lambda each: (plain(names[each].name), each))
    placed = layout(view)
    shapes = [each for each in wanted if each in placed.on_map]
    there = frozenset(wanted)

    def tiles(ballots: Iterable[str]) -> list[str]:
        return [f"h-{slug_of(each)}" for each in ballots if each in there]

    groups = [
        (group.name, tiles(group.lists), tiles(each for each in group.ballots if each not in group.lists))
        for group in placed.groups
    ]
    return {
        "number": len(wanted),
        "noun": "constituencies" if placed.places else "contests",
        "rows_are": _called(len(wanted), constituencies=bool(placed.places) and len(shapes) == len(wanted)),
        "picture": _picture(view, slug),
        "hexes": [f"h-{slug_of(each)}" for each in shapes],
        "view_box": " ".join(f"{one:g}" for one in view_box(placed, shapes)),
        **drawn_as(view),
        "groups": [(name, lists, others) for name, lists, others in groups if lists or others],
        "rows": [f"r-{slug_of(each)}" for each in wanted],
        "shown": shown_parties(view, wanted) if len(wanted) >= SEVERAL else (),
        "bounds": {"t": turnout_bounds(view), "m": MAJORITY_BOUNDS, "w": SWING_BOUNDS},
    }


def _called(number: int, *, constituencies: bool) -> str:
    """Return what so many contests are called."""
    if constituencies:
        return "constituency" if number == 1 else "constituencies"
    return plural_contests(number)


def _picture(view: View, slug: str) -> str:
    """Return where a picture of the map is, without the end of its name; empty where there is none."""
    election = f"/elections/{view.history.election}"
    if slug == NATIONAL:
        return f"{election}/map"
    return f"{election}/regions/{slug}/map" if slug in view.regions() else ""


@dataclass(frozen=True, slots=True)
class Layer:
    """Something that a map can show."""

    id: str
    name: str
    missing: str = ""
    """Why it cannot be shown; empty where it can."""


def layers(view: View) -> tuple[Layer, ...]:
    """Return the layers of an election's map, and why one of them cannot be shown."""
    contests = first_contests(view).values()
    baseline = "previous_election" if view.head is None else view.head.headline_baseline
    known = any(getattr(contest.baseline, baseline) is not None for contest in contests)
    electorates = any(contest.electorate is not None for contest in contests)
    votes = any(contest.previous_votes is not None and contest.seats == 1 for contest in contests)
    single = any(contest.seats == 1 for contest in contests)
    return (
        Layer("win", "Winner"),
        Layer("from", "Gained from", "" if known else "no earlier holders in the register"),
        Layer("turn", "Turnout", "" if electorates else "no electorates in the register"),
        Layer("swing", "Swing", "" if votes else "no earlier votes in the register" if single else SEVERAL_SEATS),
        Layer("maj", "Majority", "" if single else SEVERAL_SEATS),
    )


def shown_parties(view: View, wanted: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return the parties of these contests that can be shown alone: those that held a seat there, or stand in most.

    Returns:
        The code of each, its class and its name as spoken.
    """
    head = view.head
    if head is None:
        return []
    registered = first_contests(view)
    contests = [registered[each] for each in wanted]
    held: dict[str, int] = {}
    stands: dict[str, int] = {}
    for contest in contests:
        for baseline in (contest.baseline.previous_election, contest.baseline.sitting):
            for holder in baseline.seats if baseline is not None else ():
                main = head.main_party(holder.party)
                held[main] = held.get(main, 0) + 1
        for party in {head.main_party(one.party) for one in contest.candidates.values()}:
            stands[party] = stands.get(party, 0) + 1
    wide = {party for party, number in stands.items() if number >= SHOWN_MIN * len(contests)}
    chosen = sorted(wide | held.keys(), key=lambda each: (-held.get(each, 0), -stands.get(each, 0), each))
    return [(code(each), party_class(each), _plural(head, each)) for each in chosen[:SHOWN_MAX]]


def _plural(head: RegisterHead, party: str) -> str:
    return "Independents" if party == INDEPENDENT else head.parties[party].spoken


def view_box(placed: Layout, shown: Iterable[str]) -> tuple[float, float, float, float]:
    """Return the part of the drawing in which these contests are: left, top, width, height."""
    if placed.shapes:
        return _around([placed.shapes[each].box for each in shown])
    points = [placed.places[each] for each in shown]
    if placed.partial or not points:
        points = [one.centre for one in hexagons().values()]
    left, right = min(x for x, _ in points) - MARGIN, max(x for x, _ in points) + MARGIN
    top, bottom = min(y for _, y in points) - MARGIN, max(y for _, y in points) + MARGIN
    width = max(LEAST, right - left)
    return round((left + right - width) / 2, 1), round(top, 1), round(width, 1), round(bottom - top, 1)


def _around(boxes: Sequence[tuple[int, int, int, int]]) -> tuple[float, float, float, float]:
    """Return what is around these areas, with a margin of a hundredth."""
    if not boxes:
        return 0, 0, 1, 1
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    width, height = max(box[2] for box in boxes) - left, max(box[3] for box in boxes) - top
    margin = max(2, (width + height) / 200)
    return left - margin, top - margin, width + 2 * margin, height + 2 * margin


def drawn_as(view: View) -> dict[str, object]:
    """Return how a map is drawn: whether its areas are the election's own, and what is drawn behind them."""
    placed = layout(view)
    return {"own": bool(placed.shapes), "ghosts": _ghosts() if placed.partial else ""}


@cache
def _ghosts() -> str:
    """Return the outlines of all hexagons as one path."""
    return "".join(
        f"M{x:g} {y - 4.4:.4g}l3.8 2.2v4.4l-3.8 2.2-3.8-2.2v-4.4z"
        for x, y in (one.centre for one in hexagons().values())
    )


def _readout(view: View, made: Mapping[str, Cell]) -> str:
    """Return the line under the choices, with the last contest that was declared."""
    last: tuple[int, Cell] | None = None
    for ballot_id, cell in made.items():
        # Who has stood is said with a result: of a referendum that is tied, too, which has no winner.
        if not cell.mark.candidates:
            continue
        result = view.history.last_of("result", ballot_id, view.moment.cursor)
        if result is not None and (last is None or result.sequence > last[0]):
            last = (result.sequence, cell)
    return render(PACKAGE, "readout.html", mark=None if last is None else last[1].mark)
