"""The bar of seats: as long as all seats, so that what is missing is visibly empty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tallywire.pages.numbers import thousands
from tallywire.pages.rendering import render
from tallywire.publishing.board.colours import party_class
from tallywire.publishing.board.control import BodyStands
from tallywire.publishing.board.ground import Ground
from tallywire.publishing.board.progress import Progress
from tallywire.publishing.board.shown import PACKAGE
from tallywire.publishing.board.standing import Standing

KEYED: Final = 4
"""Parties in the key under the bar; the table has the rest."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A party's part of the bar, or of its key."""

    cls: str
    name: str
    seats: int
    x: int = 0


def count_part(progress: Progress, off: int) -> str:
    """Return how many contests are declared.

    Args:
        progress: how many of how many.
        off: how many will not be, for they are postponed or void.
    """
    return render(PACKAGE, "parts/count.html", progress=progress, off=off)


def short_parties(stands: Standing, land: Ground, most: int, longest: int = 200) -> dict[str, str]:
    """Return the head and the rows of a table of few columns: parties with most seats, or most votes.

    Args:
        stands: how the region stands.
        land: what the register says of it.
        most: rows for which there is room.
        longest: letters for which there is room; of a longer name the abbreviation is shown.
    """

    def name(party: str) -> str:
        said = land.name(party)
        return said if len(said) <= longest else land.party(party).abbreviation

    rows = [row for row in stands.rows if row.party][:most]
    return {
        "parties-head": render(PACKAGE, "parts/parties-short-head.html", land=land),
        "parties": render(PACKAGE, "parts/parties-short.html", rows=rows, land=land, name=name),
    }


def seats_part(stands: Standing, land: Ground, name: str) -> str:
    """Return the bar of a region, with its key.

    Args:
        stands: how it stands.
        land: what the register says of it.
        name: its name.
    """
    return _part(
        segments(stands.seats, land),
        land,
        name=stands.body.name if stands.body is not None else name,
        all_seats=stands.seats_all,
        missing={"vacant": stands.vacant, "not declared": stands.undeclared},
        majority=stands.majority,
        parliament=stands.body is not None and stands.body.kind == "parliament",
        note=_note(stands, land),
    )


def body_part(stands: BodyStands, land: Ground) -> str:
    """Return the bar of a council or parliament, with the one of before above it."""
    body = stands.body
    before = dict(sorted(body.before.items(), key=lambda item: -item[1]))
    kept = sum(body.not_up.values())
    return _part(
        segments(stands.held, land),
        land,
        name=stands.name,
        all_seats=body.seats,
        missing={"not declared": stands.undeclared, "vacant": stands.vacant, "not described": stands.undescribed},
        majority=stands.majority,
        parliament=stands.parliament,
        note=f"With {thousands(kept)} seats that were not up this time." if kept else "",
        before=segments(before, land),
    )


def segments(seats: Mapping[str, int], land: Ground) -> list[Segment]:
    """Return seats by party as parts of a bar."""
    found: list[Segment] = []
    x = 0
    for party, number in seats.items():
        if number:
            found.append(Segment(party_class(party), land.name(party), number, x))
            x += number
    return found


def _part(  # noqa: PLR0913  # what is said of a bar
    parts: Sequence[Segment],
    land: Ground,
    *,
    name: str,
    all_seats: int,
    missing: Mapping[str, int],
    majority: int | None,
    parliament: bool,
    note: str,
    before: Sequence[Segment] = (),
) -> str:
    key = list(parts if len(parts) <= KEYED + 1 else parts[:KEYED])
    if rest := sum(each.seats for each in parts[len(key) :]):
        key.append(Segment("p-oth", "others", rest))
    key += [Segment("p-none", words, number) for words, number in missing.items() if number]
    label = f"{name}, {thousands(all_seats)} {land.unit(all_seats)}: {_said(parts) or 'none declared'}"
    label += "".join(f"; {thousands(number)} {words}" for words, number in missing.items() if number) + "."
    if majority is not None:
        label += f" {thousands(majority)} make a majority."
    return render(
        PACKAGE,
        "parts/seats.html",
        segments=parts,
        before=before,
        before_label=f"{name} before: {_said(before)}.",
        key=key,
        all_seats=all_seats or 1,
        none_up=not all_seats,
        majority=majority,
        wanted="a majority" if parliament else "control",
        label=label,
        note=note,
    )


def _said(parts: Sequence[Segment]) -> str:
    return ", ".join(f"{each.name} {thousands(each.seats)}" for each in parts)


def _note(stands: Standing, land: Ground) -> str:
    if stands.body is not None:
        kept = sum(stands.body.not_up.values())
        return f"With {thousands(kept)} seats that were not up this time." if kept else ""
    if land.posts and len(land.contests) > 1:
        return "Single offices: there is no majority to reach, so the bar has no line."
    return ""
