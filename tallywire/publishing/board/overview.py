"""The board of an election, or of one of its regions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from schemas.register import Region
from schemas.wire import NATIONAL
from tallywire.pages.rendering import render
from tallywire.publishing.board.contest_at import contest_at
from tallywire.publishing.board.contest_rows import contest_parts
from tallywire.publishing.board.contests import verdict
from tallywire.publishing.board.control import body_stands
from tallywire.publishing.board.ground import Ground, ground
from tallywire.publishing.board.headlines import about_seats, headlines_part
from tallywire.publishing.board.map import layout, map_frame, map_parts
from tallywire.publishing.board.memory import Memory, memory, until
from tallywire.publishing.board.night import night_parts
from tallywire.publishing.board.seats import count_part, seats_part
from tallywire.publishing.board.sentences import said_of
from tallywire.publishing.board.shown import PACKAGE, Shown, closed_part
from tallywire.publishing.board.standing import Standing, standing
from tallywire.publishing.board.waiting import Awaited, next_part, overdue_part, review_part, still_awaited
from tallywire.publishing.documents import View

TILED: Final = 48
"""From more tiles than these on, they stand below everything else, as wide as the page."""

IN_REGION: Final = 4
"""Parties with seats in a region's row."""


def overview(view: View, names: Mapping[str, str]) -> Shown:
    """Return the board of a region; of the whole country where none is named."""
    slug = names.get("slug", NATIONAL)
    land = ground(view, slug)
    stands = standing(view, slug, land)
    known = memory(view.history)
    waiting = still_awaited(view, land)
    night, strip = night_parts(view, slug, land, _body(slug, land))
    parts = (
        night
        | closed_part(view)
        | {
            "count": count_part(stands.progress, stands.postponed),
            "lead": render(PACKAGE, "parts/lead.html", said=_lead(view, slug, stands, land, known)),
            "seats": seats_part(stands, land, view.regions()[slug].name),
            "caption": render(PACKAGE, "parts/caption.html", stands=stands, land=land),
            "parties-head": render(PACKAGE, "parts/parties-head.html", land=land),
            "parties": render(PACKAGE, "parts/parties.html", stands=stands, land=land),
            "control": _control(view, slug, land, stands, waiting),
            "headlines": headlines_part(view, slug),
            "next": next_part(view, land, stands, waiting, view.moment.time),
            "overdue": overdue_part(view, land, waiting, view.moment.time),
            "under-review": review_part(view, land, stands),
            "bodies": _bodies(view, land, alone=bool(_body(slug, land))),
            "regions": _regions(view, known, slug),
        }
    )
    mapped = map_parts(view, slug)
    rows = contest_parts(view, land) if land.few else {}
    values = {"view": view, "slug": slug, "region": view.regions()[slug], "land": land, "stands": stands, **strip}
    # All regions stand in one table.
    values["seated"] = not ground(view, NATIONAL).answers
    values |= {"regions": view.regions(), "body": _body(slug, land)}
    values["councils"] = all(land.head.bodies[each].kind == "council" for each in bodies_of(land))
    values["tiled"] = len(land.contests) > TILED and not layout(view).on_map
    # Where only what differs is wanted, it is not made.
    values["map"] = partial(map_frame, view, slug, mapped)

    def timed(now: datetime) -> dict[str, str]:
        as_of = view.clock(now)
        return {
            "overdue": overdue_part(view, land, waiting, as_of),
            "next": next_part(view, land, stands, waiting, as_of),
        }

    return Shown("board.html", values, {**parts, **rows, **mapped}, timed)


def overdue(view: View, names: Mapping[str, str], now: datetime) -> str:
    """Return the list of what is later than expected, by itself."""
    land = ground(view, names.get("slug", NATIONAL))
    return overdue_part(view, land, still_awaited(view, land), view.clock(now))


def _body(slug: str, land: Ground) -> str:
    """Return the body whose control the page is about, if it is about one."""
    return land.body if slug == NATIONAL else ""


def _control(view: View, slug: str, land: Ground, stands: Standing, waiting: Sequence[Awaited]) -> str:
    """Return what is so of control; where there is none, of what is still to come."""
    body = _body(slug, land)
    return render(
        PACKAGE,
        "parts/control.html",
        body=body_stands(view, body) if body else None,
        held=land.head.bodies[body].before.get(str(land.head.bodies[body].control_before)) if body else None,
        notional=land.notional,
        stands=stands,
        waiting=len(waiting),
        bodies=len(bodies_of(land)),
        decided=sum(body_stands(view, each).now_known for each in bodies_of(land)),
        election=view.history.election,
    )


def bodies_of(land: Ground) -> list[str]:
    """Return the slugs of the councils and parliaments whose seats are up."""
    return [each for each in dict.fromkeys(each.body for each in land.contests.values()) if each is not None]


def _bodies(view: View, land: Ground, *, alone: bool) -> str:
    """Return the rows of the councils and parliaments of the region; none where the page itself is about the one."""
    known = memory(view.history)
    rows: list[str] = []
    for each in () if alone else bodies_of(land):
        stands = body_stands(view, each)
        key = ("body-row", each, known.register(view.ledger), stands.sequence)
        values: dict[str, object] = {"stands": stands, "land": land, "election": view.history.election}
        rows.append(known.kept(key, partial(render, PACKAGE, "parts/body.html", **values)))
    return render(PACKAGE, "parts/rows.html", name="bodies", rows=rows)


def _lead(view: View, slug: str, stands: Standing, land: Ground, known: Memory) -> str:
    """Return the sentence under the title: of a single contest what its last headline says."""
    if len(land.contests) == 1:
        (only,) = land.contests
        told = reversed(list(until(known.said, view.place)))
        last = next((said for said in told if said.ballot_id == only and about_seats(said)), None)
        if last is not None:
            return f"{last.text}."
        if land.answers and stands.progress.begun:
            return f"{verdict(contest_at(view, only))}."
    return said_of(stands, land, corrected(view, known, slug))


def corrected(view: View, known: Memory, slug: str) -> int:
    """Return how many declarations were corrected."""
    told = (said for said in until(known.said, view.place) if said.kind == "correction" and said.revision > 1)
    return len({said.ballot_id for said in told if slug == NATIONAL or slug in said.regions})


def _regions(view: View, known: Memory, slug: str) -> str:
    """Return the rows of the regions."""
    rows = [_region(view, known, each, region, current=each == slug) for each, region in view.regions().items()]
    return render(PACKAGE, "parts/rows.html", name="regions", rows=rows)


def _region(view: View, known: Memory, slug: str, region: Region, *, current: bool) -> str:
    event = view.history.last_of("tally", slug, view.moment.cursor)
    key = ("region", slug, current, known.register(view.ledger), 0 if event is None else event.sequence)

    def make() -> str:
        land = ground(view, slug)
        stands = standing(view, slug, land)
        won = [(row.party, row.won) for row in stands.rows if row.won]
        seated = not ground(view, NATIONAL).answers
        seats = won if len(won) <= IN_REGION + 1 else [*won[:IN_REGION], ("", sum(n for _, n in won[IN_REGION:]))]
        return render(
            PACKAGE,
            "parts/region.html",
            election=view.history.election,
            slug=slug,
            region=region,
            current=current,
            progress=stands.progress,
            seats=seats,
            seated=seated,
            land=land,
        )

    return known.kept(key, make)
