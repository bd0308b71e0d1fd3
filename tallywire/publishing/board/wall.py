"""The board on a screen in a hall or a studio: large, dark, one panel after another, and nothing to touch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jiter import from_json

from schemas.wire import NATIONAL
from tallywire.pages.numbers import clock, thousands
from tallywire.pages.rendering import render
from tallywire.publishing.board.contest_at import contest_at
from tallywire.publishing.board.contest_candidates import rounds
from tallywire.publishing.board.contest_figures import USED, figures
from tallywire.publishing.board.contest_mark import seats_by_party, slug_of
from tallywire.publishing.board.contests import verdict
from tallywire.publishing.board.ground import OTHER_CONTESTS, REGIONS, Ground, ground, is_region
from tallywire.publishing.board.headlines import loud
from tallywire.publishing.board.map import Cell, cells, drawn_as, layout, view_box
from tallywire.publishing.board.memory import data_of
from tallywire.publishing.board.progress import Progress, progress_of
from tallywire.publishing.board.seats import count_part, seats_part, short_parties
from tallywire.publishing.board.shown import PACKAGE, Make, Shown, final_part
from tallywire.publishing.board.standing import standing
from tallywire.publishing.documents import NOT_AWAITED, View

PARTIES_MAX: Final = 9
"""Parties on the screen: what can be read from ten metres."""

LETTERS: Final = 17
LETTERS_OF_TWO_PAPERS: Final = 10
"""Letters of a party's name, beside the columns of one or two votes."""

ROWS: Final = 10
"""Rows of a panel."""

LISTED_MAX: Final = 50
"""So many contests are listed by name; of more, the regions are."""

BODIES_MAX: Final = 40
"""So many councils are listed: four panels, less than a minute. Of more, those of which there was news last."""

CANDIDATES_MAX: Final = 7

SEVERAL: Final = 2

LEADING: Final = 3
"""Parties in the row of a region."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a panel."""

    name: str
    said: str
    party: str | None = None
    """The main party whose colour stands beside it; None for none."""
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A list on the screen."""

    name: str
    """The id of its element."""
    heading: str
    lines: Sequence[Line]


def or_wall(make: Make) -> Make:
    """Return what makes a page, or the same for a screen where the address says ``?wall``."""

    def made(view: View, names: Mapping[str, str]) -> Shown:
        return wall(view, names) if "wall" in names else make(view, names)

    return made


def wall(view: View, names: Mapping[str, str]) -> Shown:
    """Return the board of a region for a screen; of the whole country where none is named."""
    slug = names.get("slug", NATIONAL)
    land = ground(view, slug)
    stands = standing(view, slug, land)
    region = view.regions()[slug]
    one = next(iter(land.contests)) if len(land.contests) == 1 else None
    at = None if one is None else contest_at(view, one)
    known = [] if at is None else [each for each in figures(at) if not each.unknown]
    lines = [Line(each.name.removesuffix(USED), each.value) for each in known]
    panels = [
        *(() if at is None else _paged("figures", "Figures", lines[:ROWS])),
        *_contests(view, land),
        *_bodies(view, land),
        *_regions(view, slug),
        _next(view, land, view.moment.time),
    ]
    parts = {
        "count": count_part(stands.progress, stands.postponed),
        "seats": seats_part(stands, land, region.name),
        "lower": render(PACKAGE, "wall/lower.html", said=next(iter(loud(view, slug, 1)), None), stands=stands),
        "latest": _latest(view, slug),
        **final_part(view),
        **{panel.name: render(PACKAGE, "wall/panel.html", panel=panel) for panel in panels},
    }
    if at is None:
        parts |= short_parties(stands, land, PARTIES_MAX, LETTERS_OF_TWO_PAPERS if land.lists else LETTERS)
    else:
        parts["candidates"] = render(
            PACKAGE, "wall/candidates.html", round=rounds(at)[0], verdict=verdict(at), most=CANDIDATES_MAX
        )
    hexes = [ballot_id for ballot_id in land.contests if ballot_id in layout(view).on_map] if at is None else []
    shapes = {f"h-{slug_of(ballot_id)}": cell.shape for ballot_id, cell in _cells(view, slug, hexes).items()}
    parts |= shapes
    names_of_panels = [panel.name for panel in panels]
    values = {
        "view": view,
        "slug": slug,
        "region": region,
        "land": land,
        "hexes": list(shapes),
        **drawn_as(view),
        "view_box": " ".join(f"{one:g}" for one in view_box(layout(view), hexes)) if hexes else "",
        "panels": ["latest", *names_of_panels] if at is None else [*names_of_panels, "latest"],
        "one": None if one is None else land.contests[one],
    }

    def timed(now: datetime) -> Mapping[str, str]:
        return {"next": render(PACKAGE, "wall/panel.html", panel=_next(view, land, view.clock(now)))}

    return Shown("wall.html", values, parts, timed)


def _cells(view: View, slug: str, hexes: Sequence[str]) -> dict[str, Cell]:
    """Return the hexagons of these contests."""
    if not hexes:
        return {}
    made = cells(view, slug)
    return {ballot_id: made[ballot_id] for ballot_id in hexes}


def _latest(view: View, slug: str) -> str:
    return render(PACKAGE, "wall/latest.html", said=loud(view, slug, ROWS))


def _paged(name: str, heading: str, lines: Sequence[Line]) -> Iterator[Panel]:
    """Yield lines as panels of so many rows as there is room for."""
    # One that is empty has its place: what comes into it later needs one.
    pages = [lines[first : first + ROWS] for first in range(0, len(lines), ROWS)] or [[]]
    for number, page in enumerate(pages, 1):
        many = f"{heading}, {number} of {len(pages)}" if len(pages) > 1 else heading
        yield Panel(f"{name}-{number}", many, page)


def _contests(view: View, land: Ground) -> Iterator[Panel]:
    """Yield the contests by name, where they are few; regions with list seats apart, and where the others are many."""
    for heading, ballots in land.kinds:
        if len(land.contests) > 1 and len(ballots) <= LISTED_MAX:
            lines = [_contest(view, land, ballot_id) for ballot_id in ballots]
            yield from _paged(_PANELS.get(heading, "contests"), heading or "Results", lines)


_PANELS: Final = {REGIONS: "lists", OTHER_CONTESTS: "others"}
"""Names of panels, by their headings; that of all other contests is ``contests``."""


def _contest(view: View, land: Ground, ballot_id: str) -> Line:
    name = land.contests[ballot_id].name
    event = view.history.last_of("result", ballot_id, view.moment.cursor)
    if event is None:
        return Line(name, "not declared", quiet=True)
    data = data_of(event.content)
    review = ", under review" if data.get("under_review") else ""
    parties, seats = data["parties_elected"], land.contests[ballot_id].seats
    if data["kind"] == "stage":
        won = f": {seats_by_party(land.head, parties)}" if parties else ""
        return Line(name, f"{thousands(len(parties))} of {thousands(seats)} seats{won}{review}", quiet=not parties)
    if not data["elected"]:
        return Line(name, _NOTHING.get(event.kind, "no result"), quiet=True)
    label = data["labels"][data["headline_baseline"]]
    elected = ", ".join(one["name"] for one in data["candidates"] if one["elected"])
    # Of lists and stages the parties say more than names, and there is no one gain.
    said = seats_by_party(land.head, parties) if seats > 1 and land.in_seats else label or elected
    flash = "" if data["counts"] else " (flash)"
    return Line(name, f"{said}{flash}{review}", parties[0] if len(set(parties)) == 1 else None)


_NOTHING: Final = {
    "withdrawn": "withdrawn",
    "recount": "recount",
    "progress": "being counted",
    "postponed": "postponed",
    "countermanded": "called off",
    "annulled": "annulled",
}


def _bodies(view: View, land: Ground) -> Iterator[Panel]:
    """Yield councils and parliaments, where there are several: those of which there was news last, by name."""
    slugs = list(dict.fromkeys(each.body for each in land.contests.values() if each.body is not None))
    if len(slugs) < SEVERAL:
        # One has the bar above.
        return
    found = {slug: view.history.last_of("control", slug, view.moment.cursor) for slug in slugs}
    if len(slugs) > BODIES_MAX:
        newest = sorted(slugs, key=lambda slug: -(event.sequence if (event := found[slug]) is not None else 0))
        slugs = [slug for slug in slugs if slug in set(newest[:BODIES_MAX])]
    kind = "Councils" if all(land.head.bodies[slug].kind == "council" for slug in slugs) else "Chambers"
    yield from _paged(
        "bodies",
        kind,
        [_body(land, slug, None if (event := found[slug]) is None else data_of(event.content)) for slug in slugs],
    )


def _body(land: Ground, slug: str, control: Mapping[str, Any] | None) -> Line:
    name = land.head.bodies[slug].name
    if control is None:
        return Line(name, "not declared", quiet=True)
    now = control["now"]
    party = now if now not in (None, "NOC") else None
    if control["label"] is not None and party is not None:
        return Line(name, control["label"], party)
    if party is not None:
        return Line(name, f"{land.party(party).abbreviation} control", party)
    if now == "NOC":
        largest = control["largest"]
        if largest is None:
            return Line(name, "no overall control")
        seats = f"{thousands(control['composition'][largest])} of {thousands(control['seats'])}"
        return Line(name, f"{land.party(largest).abbreviation} {seats}, no overall control", largest)
    left = control["undeclared"]
    seats = "1 seat" if left == 1 else f"{thousands(left)} seats"
    lost = ", control lost" if control["holder_lost"] else ""
    return Line(name, f"{seats} to declare{lost}" if left else "open", quiet=not control["holder_lost"])


def _regions(view: View, slug: str) -> Iterator[Panel]:
    """Yield the regions with how far they are, where the contests are many."""
    if slug != NATIONAL or len(view.history.registers.contests) <= LISTED_MAX:
        return
    lines = []
    for each, region in view.regions().items():
        if region.kind != "official" and not (region.kind == "country" and each != NATIONAL):
            continue
        event = view.history.last_of("tally", each, view.moment.cursor)
        tally = None if event is None else data_of(event.content)
        if tally is None:
            lines.append(Line(region.name, "none declared", quiet=True))
            continue
        won = sorted(
            ((figures.get("won", 0), party) for party, figures in tally["parties"].items() if figures.get("won")),
            reverse=True,
        )
        head = view.head
        assert head is not None  # noqa: S101  # there is a region
        first = ", ".join(f"{head.parties[party].abbreviation} {thousands(seats)}" for seats, party in won[:LEADING])
        progress = " + ".join(
            f"{thousands(kind.declared)} of {thousands(kind.expected)}"
            for kind in progress_of(tally, in_seats=False).kinds
        )
        lines.append(Line(region.name, f"{progress}  {first}", won[0][1] if won else None))
    yield from _paged("regions", "Regions: declared, and seats", lines)


def _next(view: View, land: Ground, as_of: datetime) -> Panel:
    """Return what is still to declare: the overdue first, then by the time when it is expected."""
    late = {str(each["ballot_id"]): each for each in view.overdue(as_of)} if view.place else {}
    waiting = []
    for ballot_id, contest in land.contests.items():
        event = view.history.last_of("result", ballot_id, view.moment.cursor)
        if event is None or not (from_json(event.summary)["counts"] or event.kind in NOT_AWAITED):
            waiting.append((ballot_id, contest))
    waiting.sort(key=lambda each: (each[0] not in late, _expected(each[1].expected_at)))
    lines = [
        Line(
            f"{contest.name}, list seats" if is_region(contest) else contest.name,
            ""
            if contest.expected_at is None
            else f"{'overdue, ' if ballot_id in late else ''}{clock(contest.expected_at)}",
        )
        for ballot_id, contest in waiting[:ROWS]
    ]
    regions = sum(is_region(contest) for _, contest in waiting)
    left = Progress(0, len(waiting), 0, regions, others=bool(land.others))
    number = left.left_said if left.mixed else thousands(len(waiting))
    return Panel("next", f"Still to declare: {number}", lines if len(waiting) > 1 else lines[:1])


def _expected(time: str | None) -> float:
    return float("inf") if time is None else datetime.fromisoformat(time).timestamp()
