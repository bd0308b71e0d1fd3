"""Still pictures of an election at a moment, for posts and articles: its map, and how the parties stand.

They are SVG that needs nothing else: no style sheet, no script. What a colour says is there in words, too.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Final

from jiter import from_json
from markupsafe import Markup

from schemas.register import INDEPENDENT, RegisterHead
from schemas.wire import NATIONAL
from tallywire.pages import numbers
from tallywire.publishing.board.colours import INK, WHITE, party_colours
from tallywire.publishing.board.contest_mark import Mark, signs
from tallywire.publishing.board.drawing import FONT, Room, Text, fitted, lines_of, rect, sign, width_of, written
from tallywire.publishing.board.ground import REGIONS, ground
from tallywire.publishing.board.layout import WIDE
from tallywire.publishing.board.map import Cell, cells, layout, view_box
from tallywire.publishing.board.progress import Progress, progress_of
from tallywire.publishing.board.shown import said_time
from tallywire.publishing.board.standing import standing
from tallywire.publishing.documents import View
from tallywire.publishing.history import polling_day

WIDTH: Final = 1200
"""Of every picture, in pixels: what networks show unscaled."""

HEIGHT: Final = 630
"""Of a tally, and of a map at least: what networks show beside a link."""

TALLEST: Final = 1350
"""Of a map at most: 8 to 9, as tall as networks show."""

QUIET: Final = "#4c5159"
EMPTY: Final = "#f1efea"
EMPTY_EDGE: Final = "#918e87"
RULE: Final = "#84837e"
TRIAL: Final = "#5b2a9d"
"""As ``--ink-2``, ``--empty``, ``--empty-edge``, ``--rule-2`` and ``--trial`` of ``tallywire.css``."""

EDGE: Final = 48

LETTERED: Final = 48
"""Width of a hexagon, in pixels, in which the party's letters can be read."""

NAMED: Final = 120
"""Width of a tile in which a name can be read."""

MARKED: Final = 24
"""Width of a tile in which letters can be read."""

ROWS_OF_KEY: Final = 13
"""Parties in the key of a map; the others are one row."""

ROWS_OF_TALLY: Final = 6
"""Parties in a tally; likewise."""

REGIONS_HEADING: Final = 32
"""Height of the line between the tiles of constituencies and those of regions."""

FOOT: Final = 104
"""Height of what stands below a picture: where it is from."""

COLUMN: Final = 330
"""Width of the key of a map."""


@dataclass(frozen=True, slots=True)
class _Count:
    """How far a region is, and who has won."""

    progress: Progress
    seats: int
    """Seats of the contests that are expected."""
    won: Mapping[str, int]
    """Seats by main party, most first."""
    change: Mapping[str, int | None]
    """Seats gained less lost, or more or fewer than last time."""
    votes: Mapping[str, int]
    units: str = "Seats"
    """What is won."""
    measure: str = "flow"
    """As ``Ground.measure`` has it."""
    on_lists: Mapping[str, int] = field(default_factory=dict)
    """Of the seats those on lists beside constituencies."""
    list_votes: Mapping[str, int] = field(default_factory=dict)
    lists: bool = False
    """Whether there are any such."""
    beside_lists: str = ""
    """What the other seats are called."""

    @property
    def left(self) -> int:
        """Seats that nobody has won yet."""
        return max(0, self.seats - sum(self.won.values()))


def _count(view: View, slug: str) -> _Count:
    tally = view.history.last_of("tally", slug, view.moment.cursor)
    if tally is None:
        return _Count(Progress(0, 0), 0, {}, {}, {})
    data = from_json(tally.content)["data"]
    parties = sorted(
        data["parties"].items(), key=lambda each: (-each[1].get("won", 0), -each[1].get("votes", 0), each[0])
    )
    land = ground(view, slug)
    if land.measure == "change":
        change = {row.party: row.change for row in standing(view, slug, land).rows}
    else:
        change = {party: one.get("net", 0) for party, one in parties}
    return _Count(
        progress=progress_of(data, in_seats=land.in_seats, in_stages=land.in_stages, others=bool(land.others)),
        seats=data["seats_expected"],
        won={party: one["won"] for party, one in parties if one.get("won")},
        change=change,
        votes={party: one.get("votes", 0) for party, one in parties},
        units=land.units,
        measure=land.measure,
        on_lists={party: one.get("won_on_lists", 0) for party, one in parties},
        list_votes={party: one.get("list_votes", 0) for party, one in parties},
        lists=bool(land.lists),
        beside_lists=land.beside_lists,
    )


def map_still(view: View, slug: str) -> str:
    """Return the map of a region as SVG.

    Raises:
        KeyError: there is no such region.
    """
    region = view.regions()[slug]
    made = cells(view, slug)
    count = _count(view, slug)
    top = _top(view)
    parts = [_heading(view, region.name if slug != NATIONAL else "", count, top)]
    room = (EDGE, top + 190, WIDTH - 2 * EDGE - COLUMN - 30, TALLEST - top - 190 - FOOT - 30)
    bottom = 0.0
    if view.head is not None:
        placed = [each for each in made if each in layout(view).on_map]
        if not placed or layout(view).partial:
            # The few of a by-election say more as tiles.
            drawn, below = _tiles(view.head, made, room)
        elif layout(view).shapes:
            drawn, below = _areas(view, made, placed, room)
        else:
            drawn, below = _hexagons(view, made, placed, room)
        key, end = _key(view.head, count, (WIDTH - EDGE - COLUMN, top + 200), made)
        parts += [drawn, key]
        bottom = max(below, end)
    height = min(TALLEST, max(HEIGHT, round(bottom) + FOOT + 30))
    parts.append(_foot(view, height))
    return _picture(view, height, f"{_title(view, slug)}: map", Markup("").join(parts))


def tally_still(view: View, slug: str) -> str:
    """Return how the parties of a region stand, as SVG.

    Raises:
        KeyError: there is no such region.
    """
    region = view.regions()[slug]
    count = _count(view, slug)
    top = _top(view)
    height = HEIGHT + (top - 24)
    parts = [_heading(view, region.name if slug != NATIONAL else "", count, top)]
    if view.head is not None:
        parts += [_seats(view, slug, count, top + 196), _table(view.head, count, top + 276)]
    parts.append(_foot(view, height))
    return _picture(view, height, f"{_title(view, slug)}: seats by party", Markup("").join(parts))


def _title(view: View, slug: str) -> str:
    name = view.history.election if view.head is None else view.head.name
    where = "" if slug == NATIONAL else f", {view.regions()[slug].name}"
    return f"{'TEST: ' if view.test else ''}{name}{where}"


def _picture(view: View, height: int, title: str, content: Markup) -> str:
    frame = Markup('<rect x="8" y="8" width="{}" height="{}" fill="none" stroke="{}" stroke-width="16"/>').format(
        WIDTH - 16, height - 16, TRIAL
    )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' role="img" font-family="{font}" text-rendering="geometricPrecision"><title>{title}</title>'
        '<rect width="{width}" height="{height}" fill="#fff"/>{content}{frame}</svg>'
    ).format(
        width=WIDTH, height=height, font=FONT, title=written(title), content=content, frame=frame if view.test else ""
    )


def _top(view: View) -> int:
    """Return where a picture begins: below the band that says that it is a test."""
    return 76 if view.test else 24


def _heading(view: View, region: str, count: _Count, top: float) -> Markup:
    room = WIDTH - 2 * EDGE
    name = view.history.election if view.head is None else view.head.name
    title = f"{region}: {name}" if region else name
    size = 44.0
    lines = lines_of(title, size, room, 800, 1)
    if lines[0] != title:
        size = 34.0
        lines = lines_of(title, size, room, 800, 2)
    parts = []
    if view.test:
        parts.append(rect((0, 0, WIDTH, 76), TRIAL))
        parts.append(Text("TEST. These are not results of an election.", EDGE, 52, 32, room, 800, WHITE).svg())
    begin = top + (58 if len(lines) == 1 else 42)
    parts += [Text(line, EDGE, begin + 42 * place, size, room, 800).svg() for place, line in enumerate(lines)]
    when = _when(view)
    if count.progress.seats:
        parts.append(Text(count.progress.contests, EDGE, top + 114, 25, room * 0.62, 700).svg())
        parts.append(Text(count.progress.seats, EDGE, top + 142, 22, room / 2 - 20, 400, QUIET).svg())
    else:
        parts.append(Text(count.progress.contests, EDGE, top + 132, 34, room / 2 - 20, 700).svg())
    parts.append(Text(when, WIDTH - EDGE, top + 132, 26, room / 2 - 20, 400, QUIET, "end").svg())
    parts.append(rect((EDGE, top + 152, room, 2), INK))
    return Markup("").join(parts)


def _when(view: View) -> str:
    """Return when it was, with the zone; the day of the poll where nobody has said."""
    if not view.moment.cursor.results:
        return "Before the first declaration"
    return said_time(view) or f"Poll of {numbers.day(polling_day(view.history.election))}"


def _foot(view: View, height: int) -> Markup:
    """Return where the figures are from, whole as far as there is room: a licence may ask for its words."""
    sources = "; ".join(view.head.sources) if view.head is not None else ""
    room = WIDTH - 2 * EDGE
    lines = lines_of(f"Source: {sources}", 14, room, 400, 3) if sources else []
    return Markup("").join(
        (
            rect((EDGE, height - FOOT, room, 1), RULE),
            *(
                Text(line, EDGE, height - FOOT + 20 + 18 * place, 14, room, 400, QUIET).svg()
                for place, line in enumerate(lines)
            ),
            Text(f"Licence of the feed: {view.licence}", EDGE, height - 24, 14, room - 180, 400, QUIET).svg(),
            Text("Tallywire", WIDTH - EDGE, height - 24, 19, 160, 800, INK, "end").svg(),
        )
    )


def _hexagons(view: View, made: Mapping[str, Cell], placed: Sequence[str], room: Room) -> tuple[Markup, float]:
    """Return the hexagons, as large as there is room, and where they end."""
    drawn = layout(view)
    head = view.head
    left, top, width, height = view_box(drawn, placed)
    scale = min(room[2] / width, room[3] / height)
    x, y = room[0] + (room[2] - scale * width) / 2, room[1]
    parts = [
        Markup('<g transform="translate({:.1f} {:.1f}) scale({:.3f}) translate({:g} {:g})" stroke-width=".4">').format(
            x, y, scale, -left, -top
        )
    ]
    lettered = scale * WIDE >= LETTERED
    for ballot_id in placed:
        mark = made[ballot_id].mark
        across, down = drawn.places[ballot_id]
        fill, edge, on = _painted(head, mark.party)
        parts.append(
            Markup('<path d="M{:g} {:.4g}l3.8 2.2v4.4l-3.8 2.2-3.8-2.2v-4.4z" fill="{}" stroke="{}"/>').format(
                across, down - 4.4, fill, edge
            )
        )
        parts.append(sign(mark, (across, down - (1.3 if lettered else 0)), (on, fill)))
        if lettered and head is not None and mark.party is not None:
            short = fitted(written(head.parties[mark.party].abbreviation), 2, 6.8, 700)
            parts.append(
                Markup(
                    '<text x="{:g}" y="{:.4g}" font-size="2" font-weight="700" text-anchor="middle" fill="{}">{}</text>'
                ).format(across, down + (2.2 if signs(mark) else 0.7), on, short)
            )
    parts.append(Markup("</g>"))
    return Markup("").join(parts), room[1] + scale * height


def _areas(view: View, made: Mapping[str, Cell], placed: Sequence[str], room: Room) -> tuple[Markup, float]:
    """Return the areas of the election's own map, as large as there is room, and where they end."""
    drawn = layout(view)
    left, top, width, height = view_box(drawn, placed)
    scale = min(room[2] / width, room[3] / height)
    x = room[0] + (room[2] - scale * width) / 2
    parts = [
        Markup(
            '<g transform="translate({:.1f} {:.1f}) scale({:.3f}) translate({:g} {:g})" stroke-width="{:.2f}"'
            ' stroke-linejoin="round" fill-rule="evenodd">'
        ).format(x, room[1], scale, -left, -top, 0.8 / scale)
    ]
    for ballot_id in placed:
        mark, shape = made[ballot_id].mark, drawn.shapes[ballot_id]
        fill, _, on = _painted(view.head, mark.party)
        parts.append(Markup('<path d="{}" fill="{}" stroke="{}"/>').format(shape.d, fill, INK))
        parts.append(sign(mark, (shape.x, shape.y), (on, fill), 4.5 / scale))
    parts.append(Markup("</g>"))
    return Markup("").join(parts), room[1] + scale * height


def _painted(head: RegisterHead | None, party: str | None) -> tuple[str, str, str]:
    """Return fill, edge and what can be read on it."""
    if head is None or party is None or party not in head.parties:
        return EMPTY, EMPTY_EDGE, INK
    colours = party_colours(head, party)
    return colours.fill, colours.light, colours.on


def _tiles(head: RegisterHead, made: Mapping[str, Cell], room: Room) -> tuple[Markup, float]:
    """Return tiles, as large as there is room, and where they end. With names as long as these can be read.

    Regions with list seats stand below the constituencies, twice as wide.
    """
    left, top, width, height = room
    regions = [cell for cell in made.values() if cell.mark.region]
    others = [cell for cell in made.values() if not cell.mark.region]
    apart = bool(regions and others)

    def rows(across: int) -> int:
        return ceil(len(others) / across) + ceil(len(regions) / max(1, across // 2))

    # Of 20,000 contests, one has four pixels.
    first = max(2 if regions else 1, min(3, len(made) // 3))
    room_for_tiles = height - (REGIONS_HEADING if apart else 0)
    across = next(each for each in range(first, 1000) if rows(each) * _tile_height(width / each) <= room_for_tiles)
    wide, tall = width / across, _tile_height(width / across)
    gap = min(6.0, wide / 8)
    parts = [
        _tile(head, cell.mark, (left + place % across * wide, top + place // across * tall, wide - gap, tall - gap))
        for place, cell in enumerate(others)
    ]
    top += ceil(len(others) / across) * tall
    if apart:
        parts.append(Text(REGIONS, left, top + 20, 19, width, 400, QUIET).svg())
        top += REGIONS_HEADING
    pairs = max(1, across // 2)
    parts += [
        _tile(
            head, cell.mark, (left + place % pairs * 2 * wide, top + place // pairs * tall, 2 * wide - gap, tall - gap)
        )
        for place, cell in enumerate(regions)
    ]
    return Markup("").join(parts), top + ceil(len(regions) / pairs) * tall


def _tile_height(width: float) -> float:
    return min(110.0, width * 0.44) if width >= NAMED + 6 else width * 0.75


def _tile(head: RegisterHead, mark: Mark, room: Room) -> Markup:
    x, y, width, height = room
    named = width >= NAMED
    band = height * 0.28 if named else height
    seats = mark.seats or ("",)
    parts = [rect((x, y, width, height), WHITE, RULE)] if named else []
    for place, party in enumerate(seats):
        fill, edge, _ = _painted(head, party or None)
        parts.append(rect((x + place * width / len(seats), y, width / len(seats), band), fill, edge))
    fill, _, on = _painted(head, seats[-1] or None)
    if named:
        scale = band / 6
        parts.append(sign(mark, (x + width - band * 0.7, y + band / 2), (on, fill), scale))
        size = min(20.0, height * 0.2)
        parts.append(Text(mark.name, x + 8, y + band + size * 1.35, size, width - 14, 700).svg())
        parts.append(Text(mark.label, x + 8, y + band + size * 2.7, size * 0.85, width - 14, 400, QUIET).svg())
    elif mark.party is not None and width >= MARKED:
        short = head.parties[mark.party].abbreviation if mark.party in head.parties else ""
        size = min(16.0, width * 0.3)
        parts.append(Text(short, x + width / 2, y + height / 2 + size / 3, size, width - 4, 700, on, "middle").svg())
    return Markup("").join(parts)


def _key(head: RegisterHead, count: _Count, at: tuple[float, float], made: Mapping[str, Cell]) -> tuple[Markup, float]:
    """Return the parties with their seats, what is not declared, and the signs on the map; and where that ends."""
    x, y = at
    parts = [Text(count.units, x, y + 16, 19, COLUMN, 400, QUIET).svg()]
    rows = list(count.won.items())
    if len(rows) > ROWS_OF_KEY:
        others = sum(number for _, number in rows[ROWS_OF_KEY - 1 :])
        rows = [*rows[: ROWS_OF_KEY - 1], ("", others)]
    line = y + 36
    for party, number in rows:
        fill, edge, _ = _painted(head, party) if party else ("#b9b7b1", "#77756f", INK)
        name = _name(head, party)
        parts += _key_row(x, line, (fill, edge), name, number)
        line += 44
    if count.left:
        parts += _key_row(x, line, (EMPTY, EMPTY_EDGE), "not declared", count.left)
        line += 44
    found = Counter(signs(cell.mark) for cell in made.values())
    line += 20
    for named, words in (("d", "gained"), ("u", "under review"), ("o", "overdue")):
        if found[named]:
            shown = Mark("", "", "", "", gain=named == "d", under_review=named == "u", overdue=named == "o")
            parts.append(sign(shown, (x + 14, line + 14), (INK, WHITE), 5))
            parts.append(Text(f"{words}: {found[named]}", x + 40, line + 22, 21, COLUMN - 40, 400, QUIET).svg())
            line += 38
    return Markup("").join(parts), line


def _key_row(x: float, y: float, colours: tuple[str, str], name: str, number: int) -> list[Markup]:
    fill, edge = colours
    return [
        rect((x, y, 28, 28), fill, edge),
        Text(numbers.thousands(number), x + 98, y + 24, 27, 66, 800, INK, "end").svg(),
        Text(name, x + 110, y + 23, 22, COLUMN - 110).svg(),
    ]


def _seats(view: View, slug: str, count: _Count, y: float) -> Markup:
    """Return the bar of all seats, with the line of a majority where the region is a parliament's."""
    room = WIDTH - 2 * EDGE
    need = _majority(view, slug)
    parts = []
    total = max(1, count.seats)
    parts.append(rect((EDGE, y, room, 46), EMPTY, EMPTY_EDGE))
    x = float(EDGE)
    for party, number in count.won.items():
        fill, _, on = _painted(view.head, party)
        width = room * number / total
        parts.append(rect((x, y, width, 46), fill, WHITE if width >= MARKED else ""))
        short = view.head.parties[party].abbreviation if view.head is not None and party in view.head.parties else ""
        words = f"{short} {number}"
        if width_of(words, 21, 700) + 12 < width:
            parts.append(Text(words, x + 8, y + 31, 21, width - 8, 700, on).svg())
        x += width
    if need is not None:
        middle = EDGE + room * need / total
        parts.append(rect((middle - 1.5, y - 8, 3, 62), INK))
        words = f"{numbers.thousands(need)} for a majority"
        parts.append(Text(words, middle, y - 14, 19, 400, 600, INK, "middle").svg())
    return Markup("").join(parts)


def _majority(view: View, slug: str) -> int | None:
    """Return how many seats are a majority, where one parliament is elected; else None."""
    if view.head is None or slug != NATIONAL or len(view.head.bodies) != 1:
        return None
    (body,) = view.head.bodies
    control = view.history.last_of("control", body, view.moment.cursor)
    if view.head.bodies[body].kind != "parliament":
        return None
    return int(from_json(control.content)["data"]["majority"]) if control is not None else None


def _name(head: RegisterHead, party: str) -> str:
    if party == INDEPENDENT:
        return "Independents"
    return head.parties[party].spoken if party in head.parties else "Others"


def _table(head: RegisterHead, count: _Count, y: float) -> Markup:
    ordered = list(count.votes)
    first = ordered if len(ordered) <= ROWS_OF_TALLY else ordered[: ROWS_OF_TALLY - 1]
    rest = ordered[len(first) :]
    seats_at = 520.0 if count.lists else 640.0
    columns = _columns(count)
    parts = [Text(name, x, y, 18, 140, 400, QUIET, "end").svg() for name, x, _ in columns]
    parts.append(Text(count.units, seats_at, y, 18, 140, 400, QUIET, "end").svg())
    for place, parties in enumerate([*([one] for one in first), *([rest] if rest else [])]):
        line = y + 34 + 35 * place
        named = len(parties) == 1 and place < len(first)
        fill, edge, _ = _painted(head, parties[0]) if named else ("#b9b7b1", "#77756f", INK)
        name = _name(head, parties[0]) if named else f"{len(rest)} others"
        won = sum(count.won.get(party, 0) for party in parties)
        parts += [
            rect((EDGE, line - 20, 22, 22), fill, edge),
            Text(name, EDGE + 36, line, 24, seats_at - 200, 600).svg(),
            Text(numbers.thousands(won), seats_at, line, 27, 90, 800, INK, "end").svg(),
            *(Text(said(parties), x, line, 24, 180, 400, INK, "end").svg() for _, x, said in columns),
        ]
    return Markup("").join(parts)


def _columns(count: _Count) -> list[tuple[str, float, Callable[[Sequence[str]], str]]]:
    """Return the columns behind the seats: name, where each ends, and what it says of a party, or of all others."""

    def change(parties: Sequence[str]) -> str:
        return numbers.signed(count.change.get(parties[0])) if len(parties) == 1 else ""

    def on_lists(parties: Sequence[str]) -> str:
        lists = sum(count.on_lists.get(party, 0) for party in parties)
        won = sum(count.won.get(party, 0) for party in parties)
        return f"{numbers.thousands(won - lists)} + {numbers.thousands(lists)}" if won else ""

    def polled(votes: Mapping[str, int], parties: Sequence[str]) -> int:
        return sum(votes.get(party, 0) for party in parties)

    def share(votes: Mapping[str, int]) -> Callable[[Sequence[str]], str]:
        whole = sum(votes.values())
        return lambda parties: numbers.percent(100 * found / whole if (found := polled(votes, parties)) else None)

    measure = {"flow": "Net", "change": "Change"}.get(count.measure)
    if count.lists:
        return [
            (f"{count.beside_lists} + list", 690.0, on_lists),
            *([(measure, 820.0, change)] if measure else []),
            (f"{count.beside_lists} %", 990.0, share(count.votes)),
            ("List %", WIDTH - EDGE, share(count.list_votes)),
        ]
    return [
        *([(measure, 770.0, change)] if measure else []),
        ("Votes", 970.0, lambda parties: numbers.thousands(polled(count.votes, parties) or None)),
        ("Share %", WIDTH - EDGE, share(count.votes)),
    ]
